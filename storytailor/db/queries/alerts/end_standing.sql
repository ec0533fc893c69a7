-- What stood in the way and has not been seen for so many seconds is over. Those that had been told.
WITH over AS (
    DELETE FROM operator_alerts
    WHERE standing AND last_at < clock_timestamp() - make_interval(secs => %(seconds)s)
    RETURNING *
)
SELECT cause, says, stages, story_id, stories, first_at, standing FROM over WHERE told_at IS NOT NULL;
