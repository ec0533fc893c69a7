-- The foundation: who asks for stories, the stories, the queue of their assets.
-- Plain PostgreSQL 15 or later; runs on a hosted Supabase database as well.
-- Times are TIMESTAMPTZ where the seed had TIMESTAMP, so that no session's time zone can shift a lease.

CREATE TABLE users (
    id          UUID PRIMARY KEY,
    email       TEXT,
    tier        TEXT NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'individual')),
    credits     INTEGER NOT NULL DEFAULT 0 CHECK (credits >= 0),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON COLUMN users.credits IS 'Stories bought (story_pack_5 adds 5) and not yet used; taken once the tier''s own are used up.';

CREATE TABLE libraries (
    id             UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_user_id  UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name           TEXT NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_libraries_owner ON libraries(owner_user_id, created_at);

CREATE TABLE characters (
    id                UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    library_id        UUID NOT NULL REFERENCES libraries(id) ON DELETE CASCADE,
    owner_user_id     UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name              TEXT NOT NULL,
    age               INTEGER CHECK (age BETWEEN 0 AND 130),
    species           TEXT NOT NULL DEFAULT 'human',
    appearance        TEXT NOT NULL DEFAULT '',
    traits            TEXT[] NOT NULL DEFAULT '{}',
    reference_images  TEXT[] NOT NULL DEFAULT '{}',
    created_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_characters_owner ON characters(owner_user_id, created_at DESC, id);
COMMENT ON COLUMN characters.reference_images IS 'Keys into the object store.';

CREATE TABLE stories (
    id                  UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    library_id          UUID NOT NULL REFERENCES libraries(id) ON DELETE CASCADE,
    creator_user_id     UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    title               TEXT NOT NULL,
    content             JSONB DEFAULT '{}'::jsonb,
    status              TEXT NOT NULL DEFAULT 'generating' CHECK (status IN ('generating', 'ready', 'failed')),
    asset_generation_status JSONB DEFAULT '{
      "overall": "generating",
      "assets": {
        "content": {"status": "pending", "progress": 0},
        "palette": {"status": "pending", "progress": 0},
        "cover": {"status": "pending", "progress": 0},
        "scene_1": {"status": "pending", "progress": 0},
        "scene_2": {"status": "pending", "progress": 0},
        "scene_3": {"status": "pending", "progress": 0},
        "scene_4": {"status": "pending", "progress": 0},
        "audio": {"status": "pending", "progress": 0},
        "activities": {"status": "pending", "progress": 0},
        "pdf": {"status": "pending", "progress": 0},
        "epub": {"status": "pending", "progress": 0}
      }
    }'::jsonb,
    asset_generation_started_at    TIMESTAMPTZ,
    asset_generation_completed_at  TIMESTAMPTZ,
    hue_extracted_colors  JSONB,
    audio_words           JSONB,
    audio_blocks          JSONB,
    brief                 JSONB NOT NULL DEFAULT '{}'::jsonb,
    objects               JSONB NOT NULL DEFAULT '{}'::jsonb,
    usage                 JSONB NOT NULL DEFAULT '{}'::jsonb,
    webhook_url           TEXT,
    revision              BIGINT NOT NULL DEFAULT 1,
    created_at            TIMESTAMPTZ DEFAULT now(),
    updated_at            TIMESTAMPTZ DEFAULT now()
);
COMMENT ON COLUMN stories.brief IS 'What was asked for, with the characters as they were then: a remade scene shows the same child.';
COMMENT ON COLUMN stories.objects IS 'Keys of the stored objects by asset: {cover: "stories/…png", print: …}.';
COMMENT ON COLUMN stories.revision IS 'Goes up by one with every change: the id of a Server-Sent Event.';
CREATE INDEX idx_stories_status ON stories(status);
CREATE INDEX idx_stories_generation ON stories(asset_generation_started_at) WHERE status = 'generating';
CREATE INDEX idx_stories_creator ON stories(creator_user_id, created_at DESC, id DESC);
CREATE INDEX idx_stories_library ON stories(library_id);

CREATE TABLE asset_generation_jobs (
    id             UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    story_id       UUID NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
    asset_type     TEXT NOT NULL,
    status         TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'generating', 'ready', 'failed')),
    started_at     TIMESTAMPTZ,
    completed_at   TIMESTAMPTZ,
    metadata       JSONB DEFAULT '{}'::jsonb,
    error_message  TEXT,
    retry_count    INTEGER DEFAULT 0,
    priority       TEXT DEFAULT 'normal' CHECK (priority IN ('normal', 'high', 'urgent')),
    -- the lease: who makes this asset now, and until when that holds
    lease_token       UUID,
    lease_expires_at  TIMESTAMPTZ,
    claims            INTEGER NOT NULL DEFAULT 0,
    -- an asset that failed only because this one did: when this one is made after all, it is queued again
    blocked_by        TEXT,
    created_at     TIMESTAMPTZ DEFAULT now(),
    updated_at     TIMESTAMPTZ DEFAULT now(),
    UNIQUE (story_id, asset_type)
);

CREATE FUNCTION priority_rank(priority TEXT) RETURNS SMALLINT
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 END;

-- What the sensor reads each tick, in the order it claims; finished jobs are in neither index.
CREATE INDEX idx_jobs_queued ON asset_generation_jobs(priority_rank(priority), created_at, story_id)
    WHERE status = 'queued' AND lease_token IS NULL;
CREATE INDEX idx_jobs_leased ON asset_generation_jobs(lease_expires_at)
    WHERE lease_token IS NOT NULL AND status IN ('queued', 'generating');
CREATE INDEX idx_jobs_story ON asset_generation_jobs(story_id);
CREATE INDEX idx_jobs_lease ON asset_generation_jobs(lease_token) WHERE lease_token IS NOT NULL;
CREATE INDEX idx_jobs_timeout ON asset_generation_jobs(started_at, status) WHERE status = 'generating';

CREATE TABLE credit_ledger (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    story_id    UUID NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('debit', 'refund')),
    source      TEXT NOT NULL CHECK (source IN ('tier', 'credit')),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (story_id, kind)
);
CREATE INDEX idx_ledger_user ON credit_ledger(user_id, created_at);
COMMENT ON TABLE credit_ledger IS 'One debit a story, one refund at the most; outlives the story it paid for.';

CREATE TABLE idempotency_keys (
    user_id       UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    key           TEXT NOT NULL,
    request_hash  TEXT NOT NULL,
    response      JSONB NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);

-- The rule of contract and catalog: `overall` follows from the assets, in the same write, whoever writes.
CREATE FUNCTION story_overall(assets JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT CASE
        WHEN bool_or(value->>'status' IN ('pending', 'generating', 'retrying')) THEN 'generating'
        WHEN bool_or(value->>'status' = 'failed'
                     AND key IN ('content', 'palette', 'cover', 'scene_1', 'scene_2', 'scene_3', 'scene_4')) THEN 'failed'
        WHEN bool_or(value->>'status' = 'failed') THEN 'partial'
        ELSE 'ready'
    END
    FROM jsonb_each(assets)
);

CREATE FUNCTION derive_story_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    overall TEXT := coalesce(story_overall(NEW.asset_generation_status->'assets'), 'generating');
BEGIN
    NEW.asset_generation_status := jsonb_set(NEW.asset_generation_status, '{overall}', to_jsonb(overall));
    NEW.status := CASE overall WHEN 'failed' THEN 'failed' WHEN 'generating' THEN 'generating' ELSE 'ready' END;
    NEW.asset_generation_completed_at := CASE
        WHEN overall = 'generating' THEN NULL
        WHEN TG_OP = 'UPDATE' AND OLD.asset_generation_status->>'overall' = overall THEN OLD.asset_generation_completed_at
        ELSE now() END;
    RETURN NEW;
END $$;
CREATE TRIGGER derive_story_status BEFORE INSERT OR UPDATE OF asset_generation_status ON stories
    FOR EACH ROW EXECUTE FUNCTION derive_story_status();

CREATE FUNCTION count_story_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER count_story_revision BEFORE UPDATE ON stories
    FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION count_story_revision();

-- A story that ends failed gives its debit back, once: the ledger's unique key says so.
CREATE FUNCTION refund_failed_story() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refunded credit_ledger%ROWTYPE;
BEGIN
    INSERT INTO credit_ledger (user_id, story_id, kind, source)
        SELECT user_id, story_id, 'refund', source FROM credit_ledger
        WHERE story_id = NEW.id AND kind = 'debit'
        ON CONFLICT (story_id, kind) DO NOTHING
        RETURNING * INTO refunded;
    IF refunded.source = 'credit' THEN
        UPDATE users SET credits = credits + 1 WHERE id = refunded.user_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_failed_story AFTER UPDATE OF status, asset_generation_status ON stories
    FOR EACH ROW WHEN (NEW.status = 'failed' AND OLD.status <> 'failed') EXECUTE FUNCTION refund_failed_story();

-- Whoever LISTENs hears of every change; the payload is an id only, since NOTIFY carries 8,000 bytes at most.
CREATE FUNCTION announce_story_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('story_changed', coalesce(NEW.id, OLD.id)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER announce_story_change AFTER INSERT OR UPDATE OR DELETE ON stories
    FOR EACH ROW EXECUTE FUNCTION announce_story_change();

CREATE FUNCTION announce_queued_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed WHERE status = 'queued' AND lease_token IS NULL) THEN
        PERFORM pg_notify('story_queued', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER announce_inserted_jobs AFTER INSERT ON asset_generation_jobs
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION announce_queued_jobs();
CREATE TRIGGER announce_requeued_jobs AFTER UPDATE ON asset_generation_jobs
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION announce_queued_jobs();

-- Lay new states over some assets of a story: {"cover": {"status": "failed", …}, …}. Returns the story's id:
-- PostgreSQL leaves out a call whose result nobody reads.
CREATE FUNCTION patch_story_assets(story UUID, patch JSONB) RETURNS UUID LANGUAGE sql AS $$
    UPDATE stories
    SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',
                                            (asset_generation_status->'assets') || patch)
    WHERE id = story
    RETURNING id
$$;
