-- Stories that are being made: how many, since when on the average, and the one that has stood still longest, whose jobs
-- nobody has written to for so many seconds.
SELECT count(*)::int AS stories,
       coalesce(avg(extract(epoch FROM clock_timestamp() - stories.created_at)), 0)::float8 AS average_seconds,
       (array_agg(stories.id ORDER BY stories.updated_at))[1] AS stillest,
       coalesce(max(extract(epoch FROM clock_timestamp() - stories.updated_at)), 0)::float8 AS still_seconds
FROM stories WHERE status = 'generating';
