-- A tenant's webhook secret stands sealed here, by a key the database does not have (storytailor/sealing.py). What is not
-- yet, whatever sends webhooks seals at its start and every hour: so an API of the version before may go on writing.
ALTER TABLE webhook_secrets DROP CONSTRAINT webhook_secrets_secret_check;
ALTER TABLE webhook_secrets ADD CONSTRAINT webhook_secrets_secret_check
    CHECK (secret ~ '^(whsec_[A-Za-z0-9+/]{43}=|v1:[0-9a-f]{8}:[A-Za-z0-9_-]{100,200}={0,2})$');
COMMENT ON COLUMN webhook_secrets.secret IS 'Sealed for its user: v1:<name of the key>:<nonce and ciphertext>. For makers only.';
