-- The asset is ready: its url or data and all that belongs to it, in one statement.
-- What had failed only for lack of it is queued again: `below` is {"pdf": ["content", …], …}, the assets made from
-- this one with what each needs. What is shown from now on is no orphan any more (`orphans`), what it replaces is one.
-- Returns the keys of the objects it replaces, if there were any, the orphans' ids, and what making the story has used so
-- far.
WITH mine AS (
    UPDATE asset_generation_jobs
    SET status = 'ready', completed_at = clock_timestamp(), error_message = NULL, updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL, metadata = coalesce(metadata, '{}'::jsonb) || %(metadata)s::jsonb
    WHERE story_id = %(story_id)s AND asset_type = %(asset)s AND lease_token = %(token)s AND status = 'generating'
    RETURNING story_id
), unblocked AS (
    UPDATE asset_generation_jobs AS job
    SET status = 'queued', claims = 0, retry_count = 0, started_at = NULL, completed_at = NULL,
        error_message = NULL, blocked_by = NULL, updated_at = now()
    FROM mine
    WHERE job.story_id = mine.story_id AND job.blocked_by IS NOT NULL
      AND %(below)s::jsonb ? job.asset_type
      AND NOT EXISTS (SELECT FROM asset_generation_jobs AS need
                      WHERE need.story_id = job.story_id AND %(below)s::jsonb->job.asset_type ? need.asset_type
                        AND need.status = 'failed' AND need.blocked_by IS NULL)
    RETURNING job.asset_type
), before AS (
    SELECT stories.id, creator_user_id, array(SELECT value FROM jsonb_each_text(stories.objects)
                             WHERE value <> %(objects)s::jsonb->>key) AS replaced
    FROM stories JOIN mine ON mine.story_id = stories.id
), shown AS (
    DELETE FROM object_removals USING mine
    WHERE id = ANY(%(orphans)s::bigint[]) AND prefix IN (SELECT value FROM jsonb_each_text(%(objects)s::jsonb))
), orphaned AS (
    INSERT INTO object_removals (owner_user_id, prefix)
    SELECT creator_user_id, unnest(replaced) FROM before
    RETURNING id
)
UPDATE stories
SET asset_generation_status = jsonb_set(
        jsonb_set(asset_generation_status, '{assets}', (asset_generation_status->'assets') || coalesce(
            (SELECT jsonb_object_agg(asset_type, '{"status": "pending", "progress": 0}'::jsonb) FROM unblocked), '{}')),
        ARRAY['assets', %(asset)s::text],
        jsonb_strip_nulls(jsonb_build_object('url', %(url)s::text))
        || CASE WHEN %(data)s::jsonb IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('data', %(data)s::jsonb) END
        || jsonb_build_object(
            'status', 'ready', 'progress', 100, 'completedAt', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'metadata', coalesce(asset_generation_status#>ARRAY['assets', %(asset)s::text, 'metadata'], '{}'::jsonb)
                        || %(metadata)s::jsonb)),
    title = coalesce(%(title)s, title),
    content = coalesce(%(content)s::jsonb, content),
    hue_extracted_colors = CASE WHEN %(colors)s::jsonb IS NULL THEN hue_extracted_colors
        ELSE coalesce(hue_extracted_colors, '{}'::jsonb) || jsonb_build_object(%(asset)s::text, %(colors)s::jsonb) END,
    audio_words = coalesce(%(words)s::jsonb, audio_words),
    audio_blocks = coalesce(%(blocks)s::jsonb, audio_blocks),
    objects = objects || %(objects)s::jsonb,
    usage = add_usage(usage, %(asset)s, %(usage)s)
FROM before WHERE stories.id = before.id
RETURNING before.replaced, array(SELECT id FROM orphaned) AS orphans, stories.usage;
