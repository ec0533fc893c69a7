-- Forget ticks that are so many seconds old and over, and backfills that are as old, over, and have no run any more. The
-- newest tick of each sensor and schedule stays: it is where they go on from.
WITH ticks_deleted AS (
    DELETE FROM job_ticks WHERE id IN (
        SELECT id FROM job_ticks t
         WHERE status <> 'STARTED' AND timestamp < LOCALTIMESTAMP - make_interval(secs => %(seconds)s)
           AND EXISTS (SELECT FROM job_ticks later
                        WHERE later.selector_id = t.selector_id AND later.timestamp > t.timestamp)
         LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING 1
), backfills_deleted AS (
    DELETE FROM bulk_actions WHERE key IN (
        SELECT key FROM bulk_actions b
         WHERE status IN ('COMPLETED', 'COMPLETED_SUCCESS', 'COMPLETED_FAILED', 'FAILED', 'CANCELED')
           AND timestamp < LOCALTIMESTAMP - make_interval(secs => %(seconds)s)
           AND NOT EXISTS (SELECT FROM runs WHERE backfill_id = b.key)
         LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING key
), tags_deleted AS (
    DELETE FROM backfill_tags WHERE backfill_id IN (SELECT key FROM backfills_deleted)
)
SELECT 0 AS stories, 0 AS partitions, 0 AS runs, 0 AS events, 0 AS checks,
       (SELECT count(*) FROM ticks_deleted) AS ticks,
       (SELECT count(*) FROM backfills_deleted) AS backfills;
