-- Of these stories, those on which somebody holds a lease.
SELECT DISTINCT story_id FROM asset_generation_jobs
WHERE story_id = ANY(%(stories)s) AND lease_token IS NOT NULL;
