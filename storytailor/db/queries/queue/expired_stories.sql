-- Stories with leases that have run out: the whole of them, since a renewal leaves out what is locked just then.
SELECT DISTINCT story_id FROM asset_generation_jobs
WHERE lease_token IS NOT NULL
GROUP BY story_id, lease_token
HAVING max(lease_expires_at) < clock_timestamp();
