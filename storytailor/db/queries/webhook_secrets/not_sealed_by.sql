-- Secrets of all tenants that do not begin with this, by id.
SELECT id, user_id, secret FROM webhook_secrets
WHERE NOT starts_with(secret, %(prefix)s) AND id > %(after)s
ORDER BY id
LIMIT %(limit)s;
