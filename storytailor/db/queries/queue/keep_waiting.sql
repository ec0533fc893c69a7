-- Claims on their way to a worker wait on while none has a place free. A message lost on its way is found otherwise: its
-- lease runs out though there is a place. What a worker has received it renews itself, as long as it lives.
-- A job that is locked now is left for the next tick.
WITH waiting AS MATERIALIZED (
    SELECT id FROM asset_generation_jobs
    WHERE lease_token IS NOT NULL AND begun_at IS NULL AND received_at IS NULL
      AND EXISTS (SELECT FROM worker_capacity() WHERE busy >= slots)
    FOR UPDATE SKIP LOCKED
)
UPDATE asset_generation_jobs AS job
SET lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
FROM waiting WHERE job.id = waiting.id;
