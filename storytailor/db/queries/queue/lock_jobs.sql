-- The story's jobs, locked: where each stands, and whether somebody holds a lease on it.
SELECT asset_type, status, lease_token IS NOT NULL AS leased
FROM asset_generation_jobs WHERE story_id = %(story_id)s
ORDER BY id
FOR UPDATE;
