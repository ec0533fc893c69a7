-- How far the asset is, and what is going on; `retrying` counts a retry. `usage` is that of a try that has failed.
WITH mine AS (
    UPDATE asset_generation_jobs
    SET retry_count = retry_count + (%(status)s = 'retrying')::int, updated_at = now()
    WHERE story_id = %(story_id)s AND asset_type = %(asset)s AND lease_token = %(token)s AND status = 'generating'
    RETURNING story_id
)
UPDATE stories
SET asset_generation_status = jsonb_set(
    asset_generation_status, ARRAY['assets', %(asset)s::text],
    jsonb_build_object(
        'status', %(status)s::text, 'progress', %(progress)s::int,
        'metadata', coalesce(asset_generation_status#>ARRAY['assets', %(asset)s::text, 'metadata'], '{}'::jsonb)
                    || %(metadata)s::jsonb)),
    usage = add_usage(usage, %(asset)s, %(usage)s)
FROM mine WHERE stories.id = mine.story_id
RETURNING stories.id;
