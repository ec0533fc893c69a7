-- Of each asset: how many were made in the last 24 hours and how long they took, and how many failed by themselves.
SELECT asset_type AS asset,
       count(*) FILTER (WHERE status = 'ready')::int AS made,
       (avg(extract(epoch FROM completed_at - started_at)) FILTER (WHERE status = 'ready'))::float8 AS average_seconds,
       count(*) FILTER (WHERE status = 'failed' AND blocked_by IS NULL AND error_message <> ALL(%(wanted)s))::int AS failed
FROM asset_generation_jobs
WHERE completed_at > clock_timestamp() - interval '24 hours' AND status IN ('ready', 'failed')
GROUP BY asset_type;
