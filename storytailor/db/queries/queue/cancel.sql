-- Stop a story: what is unfinished fails, and every lease on it ends, so that its workers stop.
WITH stopped AS (
    UPDATE asset_generation_jobs
    SET status = 'failed', completed_at = clock_timestamp(), error_message = %(reason)s, updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL, blocked_by = NULL
    WHERE story_id = %(story_id)s AND status IN ('queued', 'generating')
)
UPDATE stories
SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}', (asset_generation_status->'assets') || (
    SELECT jsonb_object_agg(key, jsonb_build_object('status', 'failed', 'progress', 0, 'error', %(reason)s::text))
    FROM jsonb_each(asset_generation_status->'assets')
    WHERE value->>'status' IN ('pending', 'generating', 'retrying')))
WHERE id = %(story_id)s
RETURNING id, status, asset_generation_status;
