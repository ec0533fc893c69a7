-- The asset is being made from now on. `started_at` is the first try's of this claim: the sweep counts from there.
WITH mine AS (
    UPDATE asset_generation_jobs
    SET status = 'generating', started_at = coalesce(started_at, clock_timestamp()), completed_at = NULL, error_message = NULL,
        paused = CASE WHEN started_at IS NULL THEN interval '0' ELSE paused END,
        blocked_by = NULL, updated_at = now()
    WHERE story_id = %(story_id)s AND asset_type = %(asset)s AND lease_token = %(token)s
    RETURNING story_id
)
UPDATE stories
SET asset_generation_status = jsonb_set(asset_generation_status, ARRAY['assets', %(asset)s::text],
                                        '{"status": "generating", "progress": 0}'::jsonb),
    asset_generation_started_at = coalesce(asset_generation_started_at, clock_timestamp())
FROM mine WHERE stories.id = mine.story_id
RETURNING stories.id;
