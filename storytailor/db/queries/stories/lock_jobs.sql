SELECT asset_type, status FROM asset_generation_jobs
WHERE story_id = %(story_id)s
ORDER BY id
FOR UPDATE;
