-- Assets that are shown as ready without anything to show; there are none as long as `finish` is the only writer.
SELECT count(*)::int AS assets
FROM stories, jsonb_each(asset_generation_status->'assets') AS assets(asset, state)
WHERE state->>'status' = 'ready' AND NOT state ?| ARRAY['url', 'data'];
