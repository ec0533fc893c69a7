-- Second thoughts: a story can be remade, stopped and deleted, and its objects go with it.

-- A story that failed has given its price back. Whoever has it remade pays again: a further turn of debit and refund.
ALTER TABLE credit_ledger ADD COLUMN turn INTEGER NOT NULL DEFAULT 1;
ALTER TABLE credit_ledger DROP CONSTRAINT credit_ledger_story_id_kind_key;
ALTER TABLE credit_ledger ADD CONSTRAINT one_debit_and_one_refund_a_turn UNIQUE (story_id, kind, turn);
COMMENT ON TABLE credit_ledger IS 'A turn is one debit and one refund at the most; a refunded story that is remade begins another. Outlives its story.';

-- A story that could be read once has been delivered: when a remake of it fails or is cancelled, nothing is given
-- back, or a book could be had for nothing by cancelling a remake of its cover.
ALTER TABLE stories ADD COLUMN delivered_at TIMESTAMPTZ;
COMMENT ON COLUMN stories.delivered_at IS 'When the story could first be read.';
UPDATE stories SET delivered_at = asset_generation_completed_at WHERE status = 'ready';

CREATE OR REPLACE FUNCTION derive_story_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    overall TEXT := coalesce(story_overall(NEW.asset_generation_status->'assets'), 'generating');
BEGIN
    NEW.asset_generation_status := jsonb_set(NEW.asset_generation_status, '{overall}', to_jsonb(overall));
    NEW.status := CASE overall WHEN 'failed' THEN 'failed' WHEN 'generating' THEN 'generating' ELSE 'ready' END;
    NEW.asset_generation_completed_at := CASE
        WHEN overall = 'generating' THEN NULL
        WHEN TG_OP = 'UPDATE' AND OLD.asset_generation_status->>'overall' = overall THEN OLD.asset_generation_completed_at
        ELSE now() END;
    IF NEW.status = 'ready' THEN
        NEW.delivered_at := coalesce(NEW.delivered_at, now());
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION pay_for_story(story UUID, paid_with TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    payer UUID;
BEGIN
    INSERT INTO credit_ledger (user_id, story_id, kind, source, turn)
        SELECT creator_user_id, id, 'debit', paid_with,
               (SELECT count(*) + 1 FROM credit_ledger WHERE story_id = story AND kind = 'refund')
        FROM stories WHERE id = story AND creator_user_id = auth_user_id()
        RETURNING user_id INTO STRICT payer;
    IF paid_with = 'credit' THEN
        UPDATE users SET credits = credits - 1 WHERE id = payer;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION refund_failed_story() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    refunded credit_ledger%ROWTYPE;
BEGIN
    INSERT INTO credit_ledger (user_id, story_id, kind, source, turn)
        SELECT user_id, story_id, 'refund', source, turn FROM credit_ledger
        WHERE story_id = NEW.id AND kind = 'debit'
        ORDER BY turn DESC LIMIT 1
        ON CONFLICT (story_id, kind, turn) DO NOTHING
        RETURNING * INTO refunded;
    IF refunded.source = 'credit' THEN
        UPDATE users SET credits = credits + 1 WHERE id = refunded.user_id;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER refund_failed_story ON stories;
CREATE TRIGGER refund_failed_story AFTER UPDATE OF status, asset_generation_status ON stories
    FOR EACH ROW WHEN (NEW.status = 'failed' AND OLD.status <> 'failed' AND NEW.delivered_at IS NULL)
    EXECUTE FUNCTION refund_failed_story();

-- Stored objects whose row is gone. Whoever deletes removes them at once; this is for what a worker wrote afterwards,
-- and for when the store did not answer: an hour later, when no worker can be at it any more, they are removed again.
CREATE TABLE object_removals (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_user_id  UUID NOT NULL,
    prefix         TEXT NOT NULL,
    due_at         TIMESTAMPTZ NOT NULL DEFAULT now() + interval '1 hour'
);
CREATE INDEX idx_removals_due ON object_removals(due_at);
COMMENT ON COLUMN object_removals.prefix IS 'A key, or what several begin with.';
ALTER TABLE object_removals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON object_removals TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON object_removals TO storytailor_maker;

-- Written by triggers that run as their owner, so that no way of deleting forgets them, and nobody can name
-- somebody else's objects.
CREATE FUNCTION remove_story_objects() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO object_removals (owner_user_id, prefix)
        SELECT OLD.creator_user_id, format('stories/%s/', OLD.id)
        UNION
        SELECT OLD.creator_user_id, jsonb_array_elements_text(jsonb_path_query(OLD.brief, '$.characters[*].reference_images'));
    RETURN NULL;
END $$;
CREATE TRIGGER remove_story_objects AFTER DELETE ON stories FOR EACH ROW EXECUTE FUNCTION remove_story_objects();

CREATE FUNCTION remove_reference_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO object_removals (owner_user_id, prefix)
        SELECT OLD.owner_user_id, key FROM unnest(OLD.reference_images) AS key
        WHERE TG_OP = 'DELETE' OR key <> ALL (NEW.reference_images)
        UNION ALL
        SELECT OLD.owner_user_id, format('characters/%s/portrait-', OLD.id) WHERE TG_OP = 'DELETE';
    RETURN NULL;
END $$;
CREATE TRIGGER remove_reference_images AFTER DELETE OR UPDATE OF reference_images ON characters
    FOR EACH ROW EXECUTE FUNCTION remove_reference_images();

-- Whether a picture is still shown: by a character, or by a story that was asked for when the character had it and
-- may be remade. For the owner's own eyes, and the makers'.
CREATE FUNCTION reference_image_in_use(owner UUID, key TEXT) RETURNS BOOLEAN
LANGUAGE sql STABLE
RETURN (
    EXISTS (SELECT FROM characters WHERE owner_user_id = owner AND key = ANY (reference_images))
    OR EXISTS (SELECT FROM stories WHERE creator_user_id = owner
               AND jsonb_path_exists(brief, '$.characters[*].reference_images[*] ? (@ == $key)',
                                     jsonb_build_object('key', key)))
);

-- What /metrics asks about all tenants at once: how many jobs wait for a claim, are claimed, are being made.
-- Finished jobs are in none of the indexes this reads, so its cost does not grow with history.
CREATE FUNCTION unfinished_jobs() RETURNS TABLE (state TEXT, jobs BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'waiting', count(*) FROM asset_generation_jobs WHERE status = 'queued' AND lease_token IS NULL
    UNION ALL
    SELECT 'claimed', count(*) FROM asset_generation_jobs
        WHERE status = 'queued' AND lease_token IS NOT NULL
    UNION ALL
    SELECT 'generating', count(*) FROM asset_generation_jobs WHERE status = 'generating'
$$;
REVOKE EXECUTE ON FUNCTION unfinished_jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unfinished_jobs TO storytailor_api, storytailor_maker;

-- As in 0002: on a hosted Supabase project visitors get everything by default, and are to have none of this.
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON object_removals FROM %I', visitor);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION unfinished_jobs FROM %I', visitor);
    END LOOP;
END $$;
