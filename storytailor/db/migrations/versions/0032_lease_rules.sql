-- What every statement of the queue kept up and then asked for again in each condition, the table says itself: only what
-- is unfinished is leased, what is being made has somebody who makes it, and only what failed waits for another asset.
-- A row that says otherwise was written by hand: nobody holds it, and it is queued again if it was being made.
UPDATE asset_generation_jobs SET lease_token = NULL, lease_expires_at = NULL
WHERE status IN ('ready', 'failed') AND lease_token IS NOT NULL OR (lease_token IS NULL) <> (lease_expires_at IS NULL);
UPDATE asset_generation_jobs SET status = 'queued', started_at = NULL WHERE status = 'generating' AND lease_token IS NULL;
UPDATE asset_generation_jobs SET blocked_by = NULL WHERE blocked_by IS NOT NULL AND status <> 'failed';

ALTER TABLE asset_generation_jobs
    ADD CONSTRAINT only_the_unfinished_is_leased
        CHECK (lease_token IS NULL OR status IN ('queued', 'generating')),
    ADD CONSTRAINT a_lease_ends CHECK ((lease_token IS NULL) = (lease_expires_at IS NULL)),
    ADD CONSTRAINT what_is_made_is_leased CHECK (status <> 'generating' OR lease_token IS NOT NULL),
    ADD CONSTRAINT only_what_failed_is_blocked CHECK (blocked_by IS NULL OR status = 'failed');

-- idx_jobs_lease has the same rows now, which is what every look at the leases reads.
DROP INDEX idx_jobs_leased;

CREATE OR REPLACE FUNCTION worker_capacity() RETURNS TABLE (workers BIGINT, slots BIGINT, busy BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*), coalesce(sum(workers.slots), 0)::bigint,
           (SELECT count(DISTINCT lease_token) FROM asset_generation_jobs
            WHERE lease_token IS NOT NULL AND begun_at IS NOT NULL)
    FROM workers WHERE expires_at > clock_timestamp()
$$;
