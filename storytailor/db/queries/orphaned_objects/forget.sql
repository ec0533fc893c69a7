-- Deleted, or in use again. What a worker may still be writing is due once more. Of what was deleted (`purge`), files of
-- books are to leave the CDN as well: no other file is ever in one.
WITH done AS (
    DELETE FROM object_removals WHERE id = ANY(%(ids)s) AND again_at IS NULL
    RETURNING prefix
), postponed AS (
    UPDATE object_removals SET due_at = again_at, again_at = NULL WHERE id = ANY(%(ids)s) AND again_at IS NOT NULL
    RETURNING prefix
)
INSERT INTO cdn_purges (prefix)
SELECT prefix FROM (SELECT prefix FROM done UNION ALL SELECT prefix FROM postponed) AS forgotten
WHERE %(purge)s AND starts_with(prefix, 'stories/');
