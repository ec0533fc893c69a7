-- Seconds until the next secret ends, where as many sign as may; no row where there is room.
SELECT greatest(1, ceil(extract(epoch FROM min(ends_at) - clock_timestamp())))::int
FROM webhook_secrets
WHERE user_id = %(user_id)s
HAVING count(*) >= %(limit)s AND min(ends_at) IS NOT NULL;
