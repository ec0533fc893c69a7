-- Why pictures of the last `seconds` are placeholders, where that is so in at least `least` books and in so large a share of
-- those whose cover came in that time: one book's is a false alarm of a filter's, many are a change at the provider's.
WITH books AS (
    SELECT count(*) AS drawn FROM asset_generation_jobs
    WHERE status = 'ready' AND asset_type = 'cover' AND completed_at > clock_timestamp() - make_interval(secs => %(seconds)s)
), stand_ins AS (
    SELECT coalesce(metadata->>'fallbackReason', 'No reason was recorded.') AS reason, asset_type, story_id, completed_at
    FROM asset_generation_jobs
    WHERE status = 'ready' AND metadata->>'fallback' = 'true'
      AND completed_at > clock_timestamp() - make_interval(secs => %(seconds)s)
)
SELECT reason, array_agg(DISTINCT asset_type) AS stages, count(DISTINCT story_id)::int AS stories,
       greatest(drawn, count(DISTINCT story_id))::int AS of_stories,
       (array_agg(story_id ORDER BY completed_at DESC))[1] AS last_story
FROM stand_ins, books
GROUP BY reason, drawn
HAVING count(DISTINCT story_id) >= greatest(%(least)s, %(share)s * drawn)
ORDER BY stories DESC, reason;
