-- Pictures of the last 24 hours that could not be drawn, by why not: what their family sees instead is a placeholder.
SELECT coalesce(metadata->>'fallbackReason', 'unknown') AS reason, array_agg(DISTINCT asset_type) AS stages,
       count(DISTINCT story_id)::int AS stories, (array_agg(story_id ORDER BY completed_at DESC))[1] AS last_story
FROM asset_generation_jobs
WHERE status = 'ready' AND metadata->>'fallback' = 'true' AND completed_at > clock_timestamp() - interval '24 hours'
GROUP BY 1 ORDER BY stories DESC, reason;
