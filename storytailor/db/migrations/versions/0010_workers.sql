-- Waiting for a worker costs no claim: a lease counts from when a worker has begun it.
ALTER TABLE asset_generation_jobs ADD COLUMN begun_at TIMESTAMPTZ;
COMMENT ON COLUMN asset_generation_jobs.begun_at IS 'When a worker took the lease up; NULL while the lease waits for one. Means nothing without a lease.';
COMMENT ON COLUMN asset_generation_jobs.claims IS 'How many leases were begun for it; one that no worker began is not counted.';
UPDATE asset_generation_jobs SET begun_at = updated_at WHERE lease_token IS NOT NULL;

-- Who makes stories, and how many side by side. A worker that dies stops renewing its row, as it does its leases.
CREATE TABLE workers (
    id          UUID PRIMARY KEY,
    name        TEXT NOT NULL,
    slots       INTEGER NOT NULL CHECK (slots > 0),
    started_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE workers IS 'One row a worker process; it is there until expires_at.';
ALTER TABLE workers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON workers TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO storytailor_maker;

-- How long the job has waited that has waited longest and that nobody makes, claimed or not; NULL when none waits.
-- `updated_at` is when it was queued: claiming does not touch it.
CREATE OR REPLACE FUNCTION oldest_queued_seconds() RETURNS DOUBLE PRECISION
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT extract(epoch FROM clock_timestamp() - least(
        (SELECT min(updated_at) FROM asset_generation_jobs WHERE status = 'queued' AND lease_token IS NULL),
        (SELECT min(updated_at) FROM asset_generation_jobs
         WHERE status = 'queued' AND lease_token IS NOT NULL AND begun_at IS NULL)))::float8
$$;

-- The workers that are there, how many stories they can make side by side, and how many they make.
CREATE FUNCTION worker_capacity() RETURNS TABLE (workers BIGINT, slots BIGINT, busy BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*), coalesce(sum(workers.slots), 0)::bigint,
           (SELECT count(DISTINCT lease_token) FROM asset_generation_jobs
            WHERE lease_token IS NOT NULL AND begun_at IS NOT NULL AND status IN ('queued', 'generating'))
    FROM workers WHERE expires_at > clock_timestamp()
$$;
REVOKE EXECUTE ON FUNCTION worker_capacity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worker_capacity TO storytailor_api, storytailor_maker;

-- As in 0002: on a hosted Supabase project visitors get everything by default, and are to have none of this.
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON workers FROM %I', visitor);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION worker_capacity FROM %I', visitor);
    END LOOP;
END $$;
