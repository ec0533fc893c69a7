-- A book whose cover is a placeholder, or more than one of its scenes, is partial: it can be read, and those pictures
-- can be made again for nothing. Both functions are replaced and no row is touched: a story that ended before keeps
-- its ending, and nobody is told of it twice; the rule reaches it when it is remade.
CREATE OR REPLACE FUNCTION story_overall(assets JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT CASE
        WHEN bool_or(value->>'status' IN ('pending', 'generating', 'retrying')) THEN 'generating'
        WHEN bool_or(value->>'status' = 'failed' AND key NOT IN ('audio', 'activities', 'pdf', 'epub')) THEN 'failed'
        WHEN bool_or(value->>'status' = 'failed') THEN 'partial'
        WHEN bool_or(key = 'cover' AND value#>>'{metadata,fallback}' = 'true') THEN 'partial'
        WHEN count(*) FILTER (WHERE value#>>'{metadata,fallback}' = 'true') > 1 THEN 'partial'
        ELSE 'ready'
    END
    FROM jsonb_each(assets)
);

-- `placeholders` are told as `errors` are: by asset, with the reason.
CREATE OR REPLACE FUNCTION webhook_payload(story stories) RETURNS JSON
LANGUAGE sql STABLE
RETURN (
    SELECT json_build_object(
        'type', 'story.' || (story.asset_generation_status->>'overall'),
        'timestamp', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', json_build_object(
            'id', story.id,
            'status', story.status,
            'overall', story.asset_generation_status->>'overall',
            'title', story.title,
            'assets', json_object_agg(name, json_strip_nulls(json_build_object(
                'status', asset->>'status', 'url', asset->>'url')) ORDER BY name),
            'errors', coalesce(json_object_agg(name, coalesce(asset->>'error', 'no reason was recorded') ORDER BY name)
                               FILTER (WHERE asset->>'status' = 'failed'), '{}'),
            'placeholders', coalesce(json_object_agg(name, coalesce(asset#>>'{metadata,fallbackReason}',
                                                                    'no reason was recorded') ORDER BY name)
                                     FILTER (WHERE asset#>>'{metadata,fallback}' = 'true'), '{}')))
    FROM jsonb_each(story.asset_generation_status->'assets') AS assets(name, asset)
);
