-- Stories in which something has been generating for too long. What nobody makes any more is no such thing: its lease has
-- run out, and it is queued again.
SELECT DISTINCT story_id FROM asset_generation_jobs
WHERE status = 'generating' AND started_at + paused < clock_timestamp() - make_interval(mins => 1) * %(minutes)s
  AND lease_expires_at >= clock_timestamp();
