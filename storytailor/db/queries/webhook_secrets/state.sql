-- What there is to say of a tenant's secrets: since when the newest signs, and until when any before it does.
SELECT max(created_at) FILTER (WHERE ends_at IS NULL) AS created_at, max(ends_at) AS former_valid_until
FROM webhook_secrets
WHERE user_id = %(user_id)s AND (ends_at IS NULL OR ends_at > clock_timestamp());
