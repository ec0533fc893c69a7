-- What failed in the last 24 hours, most stories first, by cause as alerts/note_failures has it.
SELECT (array_agg(error_message ORDER BY completed_at DESC))[1] AS says, array_agg(DISTINCT asset_type) AS stages,
       count(DISTINCT story_id)::int AS stories, (array_agg(story_id ORDER BY completed_at DESC))[1] AS last_story
FROM asset_generation_jobs
WHERE status = 'failed' AND blocked_by IS NULL AND error_message <> ALL(%(wanted)s)
  AND completed_at > clock_timestamp() - interval '24 hours'
GROUP BY left(regexp_replace(regexp_replace(error_message, ' \[((\w+ )?\d{3}\M[^]:]*)?.*\]$', ' [\1]'),
                             '[[:xdigit:]]{8}[[:xdigit:]-]*|\d+', '#', 'g'), 300)
ORDER BY stories DESC, says LIMIT %(most)s;
