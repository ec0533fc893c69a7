-- Stories that hold something unfinished under these leases.
SELECT DISTINCT story_id FROM asset_generation_jobs
WHERE lease_token = ANY(%(tokens)s);
