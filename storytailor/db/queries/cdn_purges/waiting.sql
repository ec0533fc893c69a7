-- How many are still to be ordered, and since when the oldest of them waits, in seconds.
SELECT count(*) AS entries,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest_seconds
FROM cdn_purges;
