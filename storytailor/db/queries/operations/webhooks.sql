-- Webhooks that wait, how late the latest is, and how many were given up in the last 24 hours.
SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
       coalesce(max(extract(epoch FROM clock_timestamp() - created_at)) FILTER (WHERE state = 'waiting'), 0)::float8
           AS oldest_seconds,
       count(*) FILTER (WHERE state = 'dead' AND settled_at > clock_timestamp() - interval '24 hours')::int AS dead
FROM webhook_outbox WHERE state <> 'delivered';
