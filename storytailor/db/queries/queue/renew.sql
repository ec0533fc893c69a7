-- Renew these leases; the tokens that come back still hold unfinished assets. It waits for nobody: a job that is locked
-- now is renewed the next time, and meanwhile its lease does not count as run out, since not all of it has.
-- For how long nobody could renew, the database or the worker being away, does not count as time in which it was made.
WITH mine AS MATERIALIZED (
    SELECT id FROM asset_generation_jobs
    WHERE lease_token = ANY(%(tokens)s)
    FOR NO KEY UPDATE SKIP LOCKED
), renewed AS (
    UPDATE asset_generation_jobs AS job
    SET lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s), received_at = clock_timestamp(),
        paused = paused + greatest(clock_timestamp() - lease_expires_at, interval '0')
    FROM mine WHERE job.id = mine.id
)
SELECT DISTINCT lease_token FROM asset_generation_jobs
WHERE lease_token = ANY(%(tokens)s);
