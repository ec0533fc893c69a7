-- Stories in which something has been generating for too long.
SELECT DISTINCT story_id FROM asset_generation_jobs
WHERE status = 'generating' AND started_at < clock_timestamp() - make_interval(mins => 1) * %(minutes)s;
