-- What webhooks of one tenant's stories are signed with. Who has none is signed for by the house's secret.

CREATE TABLE webhook_secrets (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    secret      TEXT NOT NULL CHECK (secret ~ '^whsec_[A-Za-z0-9+/]{43}=$'),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    ends_at     TIMESTAMPTZ
);
COMMENT ON COLUMN webhook_secrets.secret IS 'For makers only: the API shows it once, when it makes it, and cannot read it.';
COMMENT ON COLUMN webhook_secrets.ends_at IS 'Until then it signs beside the newer one. NULL: it is the newest.';
CREATE UNIQUE INDEX one_newest_webhook_secret ON webhook_secrets(user_id) WHERE ends_at IS NULL;
CREATE INDEX idx_webhook_secrets_user ON webhook_secrets(user_id);

ALTER TABLE webhook_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON webhook_secrets TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_secrets TO storytailor_maker;
CREATE POLICY own ON webhook_secrets TO storytailor_api
    USING (user_id = (SELECT auth_user_id()))
    WITH CHECK (user_id = (SELECT auth_user_id()));
GRANT SELECT (id, user_id, created_at, ends_at), INSERT (user_id, secret), UPDATE (ends_at), DELETE
    ON webhook_secrets TO storytailor_api;
