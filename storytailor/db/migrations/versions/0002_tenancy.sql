-- Tenancy: what the API does for a user, the database itself confines to that user's rows.
-- docs/decisions/0006-tenancy-in-the-database.md says why it is so, and what a new table needs.

-- Two roles nobody logs in as. Roles belong to the whole server, where another database may have made them already,
-- or be about to.
DO $$
DECLARE
    role TEXT;
BEGIN
    FOREACH role IN ARRAY ARRAY['storytailor_api', 'storytailor_maker'] LOOP
        BEGIN
            IF to_regrole(role) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database's migration was quicker
        END;
        -- Whoever migrates owns the tables and, since row security is forced, needs the makers' policy to see them.
        -- (A superuser has every role's privileges.)
        IF NOT pg_has_role(current_user, role, 'USAGE') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', role);
        END IF;
    END LOOP;
END $$;

-- Whom the API acts for: the `sub` of the token, under Supabase's name for the setting. NULL when nobody is named,
-- and then no row is theirs. (A setting that was local to an earlier transaction reads as ''.)
CREATE FUNCTION auth_user_id() RETURNS UUID
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (nullif(current_setting('request.jwt.claims', true), '')::jsonb->>'sub')::uuid;

-- Rows: makers see all of them, the API its user's. `(SELECT auth_user_id())` is worked out once a statement.
DO $$
DECLARE
    tenant_table TEXT;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['users', 'libraries', 'characters', 'stories', 'asset_generation_jobs',
                                        'credit_ledger', 'idempotency_keys'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY makers ON %I TO storytailor_maker USING (true) WITH CHECK (true)', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO storytailor_maker', tenant_table);
    END LOOP;
END $$;

CREATE POLICY own ON users TO storytailor_api
    USING (id = (SELECT auth_user_id()))
    WITH CHECK (id = (SELECT auth_user_id()));
CREATE POLICY own ON libraries TO storytailor_api
    USING (owner_user_id = (SELECT auth_user_id()))
    WITH CHECK (owner_user_id = (SELECT auth_user_id()));
-- Foreign keys look past row security, so what a row points at is checked here: a library must be one's own.
CREATE POLICY own ON characters TO storytailor_api
    USING (owner_user_id = (SELECT auth_user_id()))
    WITH CHECK (owner_user_id = (SELECT auth_user_id())
        AND EXISTS (SELECT FROM libraries WHERE libraries.id = library_id
                                            AND libraries.owner_user_id = (SELECT auth_user_id())));
CREATE POLICY own ON stories TO storytailor_api
    USING (creator_user_id = (SELECT auth_user_id()))
    WITH CHECK (creator_user_id = (SELECT auth_user_id())
        AND EXISTS (SELECT FROM libraries WHERE libraries.id = library_id
                                            AND libraries.owner_user_id = (SELECT auth_user_id())));
CREATE POLICY own ON asset_generation_jobs TO storytailor_api
    USING (EXISTS (SELECT FROM stories WHERE stories.id = story_id
                                         AND stories.creator_user_id = (SELECT auth_user_id())))
    WITH CHECK (EXISTS (SELECT FROM stories WHERE stories.id = story_id
                                              AND stories.creator_user_id = (SELECT auth_user_id())));
CREATE POLICY own ON credit_ledger TO storytailor_api
    USING (user_id = (SELECT auth_user_id()))
    WITH CHECK (user_id = (SELECT auth_user_id()));
CREATE POLICY own ON idempotency_keys TO storytailor_api
    USING (user_id = (SELECT auth_user_id()))
    WITH CHECK (user_id = (SELECT auth_user_id()));

-- Columns: what the API may do to those rows. Never tier, credits or ledger, nor what was made of a story.
GRANT SELECT ON users, libraries, characters, stories, asset_generation_jobs, credit_ledger, idempotency_keys
    TO storytailor_api;
GRANT INSERT (id), UPDATE (email) ON users TO storytailor_api;  -- and UPDATE of something is what locks the row
GRANT INSERT (owner_user_id, name) ON libraries TO storytailor_api;
GRANT INSERT (library_id, owner_user_id, name, age, species, appearance, traits, reference_images),
      UPDATE (library_id, name, age, species, appearance, traits, reference_images, updated_at),
      DELETE
    ON characters TO storytailor_api;
GRANT INSERT (library_id, creator_user_id, title, asset_generation_status, brief, webhook_url),
      UPDATE (asset_generation_status),
      DELETE
    ON stories TO storytailor_api;
GRANT INSERT (story_id, asset_type, priority),
      UPDATE (status, started_at, completed_at, metadata, error_message, retry_count, priority,
              lease_token, lease_expires_at, claims, blocked_by, updated_at)
    ON asset_generation_jobs TO storytailor_api;
GRANT INSERT (user_id, key, request_hash, response) ON idempotency_keys TO storytailor_api;

-- The ledger is written by two functions that run as their owner. This one takes one story's price from whoever
-- asked for it, and from nobody else.
CREATE FUNCTION pay_for_story(story UUID, paid_with TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    payer UUID;
BEGIN
    INSERT INTO credit_ledger (user_id, story_id, kind, source)
        SELECT creator_user_id, id, 'debit', paid_with FROM stories
        WHERE id = story AND creator_user_id = auth_user_id()
        RETURNING user_id INTO STRICT payer;
    IF paid_with = 'credit' THEN
        UPDATE users SET credits = credits - 1 WHERE id = payer;
    END IF;
END $$;
-- And this one gives it back, whoever's write lets the story fail.
ALTER FUNCTION refund_failed_story() SECURITY DEFINER SET search_path = public, pg_temp;

-- The one thing the API asks about all tenants at once, to know whether anybody claims: how long the job has waited
-- that has waited longest; NULL when none waits. `updated_at`, since one that is queued again waits from then on.
CREATE FUNCTION oldest_queued_seconds() RETURNS DOUBLE PRECISION
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT extract(epoch FROM clock_timestamp() - min(updated_at))::float8
    FROM asset_generation_jobs
    WHERE status = 'queued' AND lease_token IS NULL
$$;

REVOKE EXECUTE ON FUNCTION pay_for_story, oldest_queued_seconds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pay_for_story, oldest_queued_seconds TO storytailor_api;
GRANT EXECUTE ON FUNCTION oldest_queued_seconds TO storytailor_maker;

-- A hosted Supabase project shows people their own stories as they change, and no more: see ../visitors.sql.
DO $$
BEGIN
    IF to_regrole('authenticated') IS NOT NULL THEN
        CREATE POLICY own_to_read ON stories FOR SELECT TO authenticated
            USING (creator_user_id = (SELECT auth_user_id()));
    END IF;
    IF EXISTS (SELECT FROM pg_publication
               WHERE pubname = 'supabase_realtime' AND pg_has_role(current_user, pubowner, 'USAGE')) THEN
        ALTER PUBLICATION supabase_realtime ADD TABLE stories;
    END IF;
END $$;
