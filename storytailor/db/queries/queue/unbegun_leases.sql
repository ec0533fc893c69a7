-- The tokens of all leases that no worker has begun.
SELECT DISTINCT lease_token FROM asset_generation_jobs
WHERE lease_token IS NOT NULL AND begun_at IS NULL;
