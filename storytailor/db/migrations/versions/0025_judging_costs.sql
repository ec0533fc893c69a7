-- What judging a user's requests has cost, refused or not: a row a user and day among the spendings, of no story. Its
-- `story_id` is made up, since that is half of the key.
ALTER TABLE spendings ADD COLUMN judging BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN spendings.judging IS 'Of no story: what the judges of this user''s requests cost that day.';
CREATE UNIQUE INDEX one_judging_a_day ON spendings(user_id, day) WHERE judging;

-- Add to what judging has cost today whom the API acts for. No call costs a dollar: nobody makes the house look poor by one.
CREATE FUNCTION spend_on_judging(amount NUMERIC) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO spendings AS before (story_id, day, user_id, usd, judging)
        SELECT gen_random_uuid(), (clock_timestamp() AT TIME ZONE 'UTC')::date, id, least(amount, 1), true
        FROM users WHERE id = auth_user_id() AND amount > 0
    ON CONFLICT (user_id, day) WHERE judging DO UPDATE SET usd = before.usd + excluded.usd
$$;

REVOKE EXECUTE ON FUNCTION spend_on_judging FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spend_on_judging TO storytailor_api;
