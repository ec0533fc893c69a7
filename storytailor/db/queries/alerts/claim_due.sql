-- Those to be told now, each by one teller for so many seconds, so many at most: never told, or met again long after it was told.
UPDATE operator_alerts
SET telling_until = clock_timestamp() + make_interval(secs => %(telling_seconds)s)
WHERE cause IN (
    SELECT cause FROM operator_alerts
    WHERE (telling_until IS NULL OR telling_until < clock_timestamp())
      AND (told_at IS NULL
           OR (last_at > told_at AND told_at < clock_timestamp() - make_interval(secs => %(repeat_seconds)s)))
    ORDER BY first_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING cause, says, stages, story_id, stories, first_at, standing;
