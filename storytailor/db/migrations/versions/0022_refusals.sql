-- When requests of a user were refused by the judges, who were paid for it: times of the last minute, nothing of what was
-- asked for. They count in the user's rate.
ALTER TABLE users ADD COLUMN refused_at TIMESTAMPTZ[] NOT NULL DEFAULT '{}';

-- A request was refused, of whom the API acts for, who can thus be taken for slower than they are, and never for faster.
CREATE FUNCTION note_refusal() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE users
    SET refused_at = array(SELECT at FROM unnest(refused_at) AS at WHERE at > clock_timestamp() - interval '1 minute')
                     || clock_timestamp()
    WHERE id = auth_user_id()
$$;

-- Seconds until a user may send what the judges look at; NULL when now. `most` may be refused by them within a minute, and
-- with `debits` what was paid for counts too, by the ledger, which outlives deleted stories.
CREATE FUNCTION create_wait(whose UUID, most INTEGER, debits BOOLEAN) RETURNS INTEGER
LANGUAGE sql AS $$
    SELECT greatest(1, ceil(extract(epoch FROM asked_at + interval '1 minute' - clock_timestamp())))::int
    FROM (
        SELECT created_at AS asked_at FROM credit_ledger
        WHERE debits AND user_id = whose AND kind = 'debit' AND created_at > clock_timestamp() - interval '1 minute'
        UNION ALL
        SELECT at FROM users CROSS JOIN unnest(refused_at) AS at
        WHERE id = whose AND at > clock_timestamp() - interval '1 minute'
    ) AS counted
    ORDER BY asked_at DESC
    OFFSET most - 1 LIMIT 1
$$;

REVOKE EXECUTE ON FUNCTION note_refusal, create_wait FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_refusal, create_wait TO storytailor_api;
