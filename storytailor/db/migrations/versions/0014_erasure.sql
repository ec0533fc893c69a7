-- Accounts can be deleted as a whole. Decision 15 has the table of what goes, what stays, and why.

-- That a deleted account had used its stories, so that deleting it is no way to more of them. `mark` is a keyed hash of
-- the user's id; the key is the API's, so that nobody can tell from this table alone who it was.
CREATE TABLE erased_accounts (
    mark          TEXT PRIMARY KEY,
    stories_used  INTEGER NOT NULL,
    erased_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_erased_at ON erased_accounts(erased_at);
COMMENT ON COLUMN erased_accounts.stories_used IS 'Of the tier; what was bought is gone with the account.';
ALTER TABLE erased_accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON erased_accounts TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON erased_accounts TO storytailor_maker;

ALTER TABLE users
    ADD COLUMN used_before INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN used_before_at TIMESTAMPTZ;
COMMENT ON COLUMN users.used_before IS 'Stories of the tier that this user had used in an account that was deleted, at used_before_at.';

-- What the books need of deleted accounts: how many debits and refunds there were in a month, of which kind.
CREATE TABLE ledger_of_erased (
    month    DATE NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('debit', 'refund', 'forfeit')),
    source   TEXT NOT NULL,
    buys     TEXT NOT NULL,
    entries  BIGINT NOT NULL,
    PRIMARY KEY (month, kind, source, buys)
);
COMMENT ON TABLE ledger_of_erased IS 'Sums by month (UTC), of nobody in particular. forfeit: bought stories that were not used when their account was deleted.';
ALTER TABLE ledger_of_erased ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON ledger_of_erased TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_of_erased TO storytailor_maker;

CREATE FUNCTION keep_ledger_sums() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_of_erased AS kept (month, kind, source, buys, entries)
        SELECT date_trunc('month', created_at AT TIME ZONE 'UTC')::date, kind, source, buys, count(*)
        FROM gone GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (month, kind, source, buys) DO UPDATE SET entries = kept.entries + excluded.entries;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_ledger_sums AFTER DELETE ON credit_ledger
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_ledger_sums();

CREATE FUNCTION keep_forfeited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_of_erased AS kept (month, kind, source, buys, entries)
        VALUES (date_trunc('month', now() AT TIME ZONE 'UTC')::date, 'forfeit', 'credit', 'story', OLD.credits)
    ON CONFLICT (month, kind, source, buys) DO UPDATE SET entries = kept.entries + excluded.entries;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_forfeited AFTER DELETE ON users
    FOR EACH ROW WHEN (OLD.credits > 0) EXECUTE FUNCTION keep_forfeited();

-- Debits not given back: of the tier (of an individual's only this month's, UTC, and of an account before this one), and
-- of what was bought.
CREATE FUNCTION stories_used(whose UUID) RETURNS TABLE (of_tier INTEGER, of_credits INTEGER)
LANGUAGE sql STABLE AS $$
    WITH month AS (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began)
    SELECT (count(*) FILTER (WHERE debit.source = 'tier' AND (users.tier = 'free' OR debit.created_at >= month.began))
            + CASE WHEN users.tier = 'free' OR users.used_before_at >= month.began THEN users.used_before ELSE 0 END)::int,
           (count(*) FILTER (WHERE debit.source = 'credit'))::int
    FROM month CROSS JOIN users
    LEFT JOIN credit_ledger AS debit ON debit.user_id = users.id AND debit.kind = 'debit'
        AND NOT EXISTS (SELECT FROM credit_ledger AS refund
                        WHERE refund.story_id = debit.story_id AND refund.kind = 'refund' AND refund.turn = debit.turn)
    WHERE users.id = whose
    GROUP BY users.id, month.began
$$;

-- The mark of whom the API acts for. An API of the version before sends none, and then the hash has no key.
CREATE FUNCTION auth_account_mark() RETURNS TEXT
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb->>'mark',
                encode(sha256(convert_to(auth_user_id()::text, 'UTF8')), 'hex'));

-- Begin an account for whom the API acts for. One that was deleted is not begun again for a day, since a forgotten tab
-- must not bring it back: then nothing is done, and the seconds come back that are left of it.
CREATE FUNCTION begin_account(rest INTERVAL) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before erased_accounts%ROWTYPE;
BEGIN
    SELECT * INTO before FROM erased_accounts WHERE mark = auth_account_mark() FOR UPDATE;
    IF before.erased_at > clock_timestamp() - rest THEN
        RETURN ceil(extract(epoch FROM before.erased_at + rest - clock_timestamp()));
    END IF;
    WITH fresh AS (
        INSERT INTO users (id, used_before, used_before_at)
            VALUES (auth_user_id(), coalesce(before.stories_used, 0), before.erased_at)
            ON CONFLICT (id) DO NOTHING RETURNING id
    )
    INSERT INTO libraries (owner_user_id, name) SELECT id, 'My Library' FROM fresh;
    DELETE FROM erased_accounts WHERE mark = before.mark;
    RETURN NULL;
END $$;

-- Delete the account of whom the API acts for, with all that is theirs, and note that it had been. Locks are taken in the
-- order in which workers take them. Returns what the keys of its stored objects begin with; triggers have written them
-- down as orphaned. No row and no account: nothing is done.
CREATE FUNCTION erase_account() RETURNS SETOF TEXT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who UUID := auth_user_id();
    folders TEXT[];
BEGIN
    PERFORM FROM asset_generation_jobs
        WHERE story_id IN (SELECT id FROM stories WHERE creator_user_id = who) ORDER BY id FOR UPDATE;
    PERFORM FROM stories WHERE creator_user_id = who ORDER BY id FOR UPDATE;
    PERFORM FROM users WHERE id = who FOR UPDATE;  -- from here on nothing is created for them
    IF NOT FOUND THEN
        RETURN;
    END IF;
    folders := array(SELECT format('stories/%s/', id) FROM stories WHERE creator_user_id = who
                     UNION ALL SELECT format('characters/%s/', id) FROM characters WHERE owner_user_id = who);
    DELETE FROM stories WHERE creator_user_id = who;  -- which settles what each of them has cost
    INSERT INTO erased_accounts (mark, stories_used) SELECT auth_account_mark(), of_tier FROM stories_used(who)
    ON CONFLICT (mark) DO UPDATE SET stories_used = excluded.stories_used, erased_at = excluded.erased_at;
    DELETE FROM users WHERE id = who;  -- and with them whatever else refers to them
    INSERT INTO object_removals (owner_user_id, prefix, due_at, again_at)  -- also what is being uploaded right now
        SELECT who, folder, now(), now() + interval '1 hour' FROM unnest(folders) AS folder
        WHERE folder LIKE 'characters/%';
    RETURN QUERY SELECT unnest(folders);
END $$;

REVOKE EXECUTE ON FUNCTION keep_ledger_sums, keep_forfeited, stories_used, auth_account_mark, begin_account, erase_account
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stories_used, auth_account_mark TO storytailor_api, storytailor_maker;
GRANT EXECUTE ON FUNCTION begin_account, erase_account TO storytailor_api;

-- Objects of deleted rows are deleted at once; where the store did not answer the next sweep does it, and `again_at`, when no
-- worker can be at it any more, they are deleted once more.
ALTER TABLE object_removals ADD COLUMN again_at TIMESTAMPTZ;
COMMENT ON COLUMN object_removals.again_at IS 'When it is due once more, for what a worker wrote after it was deleted.';

CREATE OR REPLACE FUNCTION remove_story_objects() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO object_removals (owner_user_id, prefix, due_at, again_at)
        SELECT OLD.creator_user_id, format('stories/%s/', OLD.id), now(), now() + interval '1 hour'
        UNION
        SELECT OLD.creator_user_id, jsonb_array_elements_text(jsonb_path_query(OLD.brief, '$.characters[*].reference_images')),
               now(), now() + interval '1 hour';
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION remove_reference_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO object_removals (owner_user_id, prefix, due_at, again_at)
        SELECT OLD.owner_user_id, key, now(), now() + interval '1 hour' FROM unnest(OLD.reference_images) AS key
        WHERE TG_OP = 'DELETE' OR key <> ALL (NEW.reference_images)
        UNION ALL
        SELECT OLD.owner_user_id, format('characters/%s/portrait-', OLD.id), now(), now() + interval '1 hour'
        WHERE TG_OP = 'DELETE';
    RETURN NULL;
END $$;
