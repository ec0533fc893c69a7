-- Every table, with its columns of bytes, which are to be unpacked; of partitioned ones the parts.
SELECT table_schema, table_name,
       coalesce(array_agg(column_name::text) FILTER (WHERE data_type = 'bytea'), '{}') AS packed
FROM information_schema.tables JOIN information_schema.columns USING (table_schema, table_name)
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
GROUP BY 1, 2 ORDER BY 1, 2;
