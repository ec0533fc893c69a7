-- The next stories that Dagster has a partition or a run of, in the order of their ids.
(SELECT partition AS story
   FROM dynamic_partitions
  WHERE partitions_def_name = 'stories' AND partition > %(after)s
  ORDER BY 1 LIMIT %(most)s)
UNION
(SELECT DISTINCT value
   FROM run_tags
  WHERE key = 'dagster/partition' AND value > %(after)s
  ORDER BY 1 LIMIT %(most)s)
ORDER BY 1 LIMIT %(most)s;
