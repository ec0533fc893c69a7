-- Messages of one tenant for one receiver stand in a line of their own: a receiver that hangs holds up that line only.

-- The server that a URL leads to, as host:port: in lower case, without the scheme's own port and a root's dot.
CREATE FUNCTION webhook_receiver(url TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(
        coalesce(substring(lower(url) FROM '^[a-z]+://([^/?#\\]+)'), lower(url)),
        CASE WHEN lower(url) LIKE 'https:%' THEN ':443$' ELSE ':80$' END, ''),
    '\.(:\d+)?$', '\1');
REVOKE EXECUTE ON FUNCTION webhook_receiver FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhook_receiver TO storytailor_api, storytailor_maker;

ALTER TABLE webhook_outbox
    ADD COLUMN receiver TEXT NOT NULL GENERATED ALWAYS AS (webhook_receiver(url)) STORED,
    ADD COLUMN user_id UUID;
UPDATE webhook_outbox SET user_id = creator_user_id FROM stories WHERE stories.id = story_id;
ALTER TABLE webhook_outbox ALTER COLUMN user_id SET NOT NULL;
COMMENT ON COLUMN webhook_outbox.user_id IS 'The story''s tenant, who shares the dispatchers with the others.';
CREATE INDEX idx_webhooks_lines ON webhook_outbox(receiver, user_id, due_at) WHERE state = 'waiting';
CREATE INDEX idx_webhooks_under_way ON webhook_outbox(due_at) WHERE state = 'waiting' AND lease_token IS NOT NULL;
DROP INDEX idx_webhooks_due;

-- What is known of a line that was served lately. No row: nothing speaks against it.
CREATE TABLE webhook_lines (
    receiver      TEXT NOT NULL,
    user_id       UUID NOT NULL,
    served_at     TIMESTAMPTZ NOT NULL,
    misses        INTEGER NOT NULL DEFAULT 0,
    silent_since  TIMESTAMPTZ,
    rests_until   TIMESTAMPTZ,
    PRIMARY KEY (receiver, user_id)
);
COMMENT ON TABLE webhook_lines IS 'No foreign key: a claim would wait for, and break on, an account that is being deleted.';
COMMENT ON COLUMN webhook_lines.served_at IS 'When a message of it was claimed last: whoever waited longest is next.';
COMMENT ON COLUMN webhook_lines.misses IS 'Attempts in a row that the receiver has left without any answer.';
COMMENT ON COLUMN webhook_lines.silent_since IS 'When the first of those misses ended.';
COMMENT ON COLUMN webhook_lines.rests_until IS 'Until then nothing is claimed, since the receiver keeps hanging.';
ALTER TABLE webhook_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON webhook_lines TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_lines TO storytailor_maker;

-- An account takes its lines along, by whoever's hand it is deleted.
CREATE FUNCTION forget_webhook_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM webhook_lines WHERE user_id = OLD.id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION forget_webhook_lines FROM PUBLIC;
CREATE TRIGGER forget_webhook_lines AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION forget_webhook_lines();

-- As in 0004, with the story's tenant.
CREATE OR REPLACE FUNCTION post_webhook() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO webhook_outbox (story_id, user_id, url, payload)
        VALUES (NEW.id, NEW.creator_user_id, NEW.webhook_url, webhook_payload(NEW));
    PERFORM pg_notify('webhook_due', '');
    RETURN NULL;
END $$;
