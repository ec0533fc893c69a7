-- The tokens of all leases that hold something unfinished, expired or not.
SELECT DISTINCT lease_token FROM asset_generation_jobs
WHERE lease_token IS NOT NULL;
