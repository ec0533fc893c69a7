-- The columns of `stories` in order, with their types as PostgreSQL itself calls them.
SELECT attname::text AS name, typname::text AS type
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = 'stories'::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum;
