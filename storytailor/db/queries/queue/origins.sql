-- Who asked for the work under each of these leases: the newest of its jobs' requests. And how many seconds it has waited.
SELECT DISTINCT ON (lease_token) lease_token AS token, traceparent, request_id,
       extract(epoch FROM clock_timestamp() - updated_at)::float8 AS waited
FROM asset_generation_jobs
WHERE lease_token = ANY(%(tokens)s)
ORDER BY lease_token, updated_at DESC, traceparent;
