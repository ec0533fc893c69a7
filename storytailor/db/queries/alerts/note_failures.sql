-- Each asset that has failed for good since its cause was noted last is noted under that cause: our own words for operators
-- with ids and numbers left out, and of the provider's in brackets the status and code alone (operations/failures has the
-- same), since no two quotations, refusals or request ids are alike. What only failed with another is not, nor what
-- somebody wanted to end (`wanted`).
WITH failed AS (
    SELECT left(regexp_replace(regexp_replace(error_message, ' \[((\w+ )?\d{3}\M[^]:]*)?.*\]$', ' [\1]'),
                               '[[:xdigit:]]{8}[[:xdigit:]-]*|\d+', '#', 'g'), 300) AS cause,
           error_message, asset_type, story_id, completed_at
    FROM asset_generation_jobs
    WHERE status = 'failed' AND blocked_by IS NULL AND error_message <> ALL(%(wanted)s)
      AND completed_at > clock_timestamp() - interval '1 day'  -- a daemon may have been away
), met AS (
    SELECT failed.cause, (array_agg(error_message ORDER BY completed_at DESC))[1] AS says,
           array_agg(DISTINCT asset_type) AS stages, (array_agg(failed.story_id ORDER BY completed_at DESC))[1] AS story_id,
           count(DISTINCT failed.story_id) AS stories, min(completed_at) AS first_at, max(completed_at) AS last_at
    FROM failed LEFT JOIN operator_alerts AS noted USING (cause)
    WHERE noted.last_at IS NULL OR failed.completed_at > noted.last_at
    GROUP BY failed.cause
)
INSERT INTO operator_alerts AS noted (cause, says, stages, story_id, stories, standing, first_at, last_at)
SELECT cause, left(says, 2000), stages, story_id, stories, false, first_at, last_at FROM met
ON CONFLICT (cause) DO UPDATE SET
    says = excluded.says, story_id = excluded.story_id, stories = noted.stories + excluded.stories,
    stages = ARRAY(SELECT DISTINCT unnest(noted.stages || excluded.stages) ORDER BY 1), last_at = excluded.last_at;
