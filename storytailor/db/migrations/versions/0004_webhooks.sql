-- Webhooks: one message for each story that ends and names a webhook_url, written by the transaction that ends it.
-- docs/decisions/0007-webhooks.md says why it is so.

CREATE TABLE webhook_outbox (
    id           UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    story_id     UUID NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
    url          TEXT NOT NULL,
    payload      JSON NOT NULL,
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    due_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    lease_token  UUID,
    last_error   TEXT,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_at   TIMESTAMPTZ
);
COMMENT ON COLUMN webhook_outbox.id IS 'The webhook-id: the same however often it is sent; a story that is remade and ends again gets another.';
COMMENT ON COLUMN webhook_outbox.payload IS 'JSON, not JSONB: sent as it stands, so that every attempt has the same body.';
COMMENT ON COLUMN webhook_outbox.due_at IS 'When to send it; while an attempt is under way, when its lease runs out.';
CREATE INDEX idx_webhooks_due ON webhook_outbox(due_at) WHERE state = 'waiting';
CREATE INDEX idx_webhooks_story ON webhook_outbox(story_id, created_at DESC);

-- Makers deliver. The API shows users how their messages fare, and no more.
ALTER TABLE webhook_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON webhook_outbox TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_outbox TO storytailor_maker;
CREATE POLICY own ON webhook_outbox FOR SELECT TO storytailor_api
    USING (EXISTS (SELECT FROM stories WHERE stories.id = story_id
                                         AND stories.creator_user_id = (SELECT auth_user_id())));
GRANT SELECT (story_id, state, attempts, last_error, created_at) ON webhook_outbox TO storytailor_api;

-- What a receiver is told: where each asset is, and why one is missing; what a story says stays with its owner.
CREATE FUNCTION webhook_payload(story stories) RETURNS JSON
LANGUAGE sql STABLE
RETURN (
    SELECT json_build_object(
        'type', 'story.' || (story.asset_generation_status->>'overall'),
        'timestamp', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', json_build_object(
            'id', story.id,
            'status', story.status,
            'overall', story.asset_generation_status->>'overall',
            'title', story.title,
            'assets', json_object_agg(name, json_strip_nulls(json_build_object(
                'status', asset->>'status', 'url', asset->>'url')) ORDER BY name),
            'errors', coalesce(json_object_agg(name, coalesce(asset->>'error', 'no reason was recorded') ORDER BY name)
                               FILTER (WHERE asset->>'status' = 'failed'), '{}')))
    FROM jsonb_each(story.asset_generation_status->'assets') AS assets(name, asset)
);

-- Runs as its owner: a story may end by the API's hand too, when its user cancels it.
CREATE FUNCTION post_webhook() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO webhook_outbox (story_id, url, payload) VALUES (NEW.id, NEW.webhook_url, webhook_payload(NEW));
    PERFORM pg_notify('webhook_due', '');
    RETURN NULL;
END $$;
CREATE TRIGGER post_webhook AFTER UPDATE OF asset_generation_status ON stories
    FOR EACH ROW WHEN (NEW.webhook_url IS NOT NULL
                       AND OLD.asset_generation_status->>'overall' = 'generating'
                       AND NEW.asset_generation_status->>'overall' <> 'generating')
    EXECUTE FUNCTION post_webhook();
