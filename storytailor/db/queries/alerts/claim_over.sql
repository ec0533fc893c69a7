-- What stood in the way and has not been seen for so many seconds is over. Those of it that had been told, each to be taken
-- back by one teller for so many seconds; the others are forgotten.
WITH over AS (
    SELECT cause, told_at IS NULL AS is_untold FROM operator_alerts
    WHERE standing AND last_at < clock_timestamp() - make_interval(secs => %(seconds)s)
      AND (told_at IS NULL OR telling_until IS NULL OR telling_until < clock_timestamp())
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM operator_alerts USING over WHERE over.is_untold AND operator_alerts.cause = over.cause
)
UPDATE operator_alerts
SET telling_until = clock_timestamp() + make_interval(secs => %(telling_seconds)s)
FROM over WHERE NOT over.is_untold AND operator_alerts.cause = over.cause
RETURNING operator_alerts.cause, says, stages, story_id, stories, first_at, standing;
