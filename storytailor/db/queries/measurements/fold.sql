-- Add measurements to the sums, in one statement: whoever reads meanwhile finds each in one place. Stories stay a while, for
-- those who ask how the last hours were. At most `most` at once: a sweep that has not run for days has many before it.
WITH folded AS (
    DELETE FROM measurements WHERE id IN (
        SELECT id FROM measurements
        WHERE metric <> 'story' OR at < clock_timestamp() - make_interval(secs => %(hours)s * 3600)
        LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING metric, stage, outcome, amount
), added AS (
    INSERT INTO measured AS before (metric, stage, outcome, bucket, times, total)
    SELECT metric, stage, outcome, duration_bucket(amount), count(*), sum(amount)
    FROM folded GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (metric, stage, outcome, bucket)
    DO UPDATE SET times = before.times + excluded.times, total = before.total + excluded.total
)
SELECT count(*) AS folded FROM folded;
