-- How long the longest-waiting unclaimed job has waited; NULL when none waits. `updated_at`, since a job that
-- is queued again waits from then on.
SELECT extract(epoch FROM clock_timestamp() - min(updated_at))::float8 AS seconds
FROM asset_generation_jobs
WHERE status = 'queued' AND lease_token IS NULL;
