-- Renew these leases; the tokens that come back still hold unfinished assets.
WITH renewed AS (
    UPDATE asset_generation_jobs
    SET lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE lease_token = ANY(%(tokens)s) AND status IN ('queued', 'generating')
    RETURNING lease_token
)
SELECT DISTINCT lease_token FROM renewed;
