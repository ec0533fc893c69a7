-- Leases that no worker has begun wait on: those of `tokens`, whose runs are known to wait, and all of them while no
-- worker has a place free. A message lost on its way is found otherwise: its lease runs out though there is a place.
-- A job that is locked now is left for the next tick.
WITH waiting AS MATERIALIZED (
    SELECT id FROM asset_generation_jobs
    WHERE lease_token IS NOT NULL AND begun_at IS NULL
      AND (lease_token = ANY(%(tokens)s) OR EXISTS (SELECT FROM worker_capacity() WHERE busy >= slots))
    FOR UPDATE SKIP LOCKED
)
UPDATE asset_generation_jobs AS job
SET lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
FROM waiting WHERE job.id = waiting.id;
