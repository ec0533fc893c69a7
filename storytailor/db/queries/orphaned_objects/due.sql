-- Objects whose deletion is due, but for those (`but`) that the store did not let go just now.
SELECT id, prefix FROM object_removals
WHERE due_at <= clock_timestamp() AND id <> ALL(%(but)s::bigint[])
ORDER BY due_at
LIMIT %(limit)s;
