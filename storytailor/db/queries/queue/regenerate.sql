-- Queue these assets of a story (again). Leaves out what is under way; the caller holds the story and has looked.
WITH queued AS (
    INSERT INTO asset_generation_jobs AS job (story_id, asset_type, traceparent, request_id)
    SELECT %(story_id)s, asset, %(traceparent)s, %(request_id)s FROM unnest(%(assets)s::text[]) AS asset
    ON CONFLICT (story_id, asset_type) DO UPDATE
    SET status = 'queued', started_at = NULL, completed_at = NULL, error_message = NULL, retry_count = 0,
        lease_token = NULL, lease_expires_at = NULL, claims = 0, blocked_by = NULL, updated_at = now(),
        traceparent = excluded.traceparent, request_id = excluded.request_id
    WHERE job.status IN ('ready', 'failed')
    RETURNING job.asset_type
)
UPDATE stories
SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}', (asset_generation_status->'assets') || (
    SELECT jsonb_object_agg(asset_type, '{"status": "pending", "progress": 0}'::jsonb) FROM queued))
WHERE id = %(story_id)s AND EXISTS (SELECT FROM queued)
RETURNING id, status, asset_generation_status;
