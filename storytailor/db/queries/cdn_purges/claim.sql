-- Lease what is due, the longest due first; two sweeps side by side never get the same.
UPDATE cdn_purges
SET due_at = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id IN (SELECT id FROM cdn_purges WHERE due_at <= clock_timestamp()
             ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, prefix;
