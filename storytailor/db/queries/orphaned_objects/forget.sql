-- Deleted, or in use again. What a worker may still be writing is due once more.
WITH done AS (
    DELETE FROM object_removals WHERE id = ANY(%(ids)s) AND again_at IS NULL
)
UPDATE object_removals SET due_at = again_at, again_at = NULL WHERE id = ANY(%(ids)s) AND again_at IS NOT NULL;
