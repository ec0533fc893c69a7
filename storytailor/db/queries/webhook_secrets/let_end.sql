-- The newest is about to have a successor: it signs beside it for so many hours.
UPDATE webhook_secrets SET ends_at = clock_timestamp() + make_interval(secs => %(hours)s * 3600)
WHERE user_id = %(user_id)s AND ends_at IS NULL;
