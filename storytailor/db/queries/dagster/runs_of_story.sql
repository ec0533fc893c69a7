-- A story's last runs, the newest first.
SELECT run_id::text, status::text
FROM runs JOIN run_tags USING (run_id)
WHERE key = 'dagster/partition' AND value = %(story)s
ORDER BY create_timestamp DESC LIMIT 10;
