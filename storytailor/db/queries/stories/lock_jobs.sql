SELECT asset_type, status, blocked_by IS NOT NULL AS blocked FROM asset_generation_jobs
WHERE story_id = %(story_id)s
ORDER BY id
FOR UPDATE;
