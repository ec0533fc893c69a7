-- The next stories, in the order of their ids, of which Dagster has no run that is younger or not over: those with a
-- partition that is as old, and those whose partition somebody has deleted.
SELECT story FROM (
    SELECT partition AS story FROM dynamic_partitions
     WHERE partitions_def_name = 'stories' AND partition > %(after)s
       AND create_timestamp < LOCALTIMESTAMP - make_interval(secs => %(seconds)s)
    UNION
    SELECT t.value FROM run_tags t
     WHERE t.key = 'dagster/partition' AND t.value > %(after)s
       AND NOT EXISTS (SELECT FROM dynamic_partitions WHERE partitions_def_name = 'stories' AND partition = t.value)
) AS known
 WHERE story ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
   AND NOT EXISTS (
       SELECT FROM run_tags t JOIN runs r USING (run_id)
        WHERE t.key = 'dagster/partition' AND t.value = known.story
          AND (r.status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED')
               OR r.update_timestamp >= LOCALTIMESTAMP - make_interval(secs => %(seconds)s)))
 ORDER BY 1 LIMIT %(most)s;
