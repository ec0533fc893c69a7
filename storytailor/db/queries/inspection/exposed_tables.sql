-- Tables of ours or Dagster's that `anon` may read or write: whoever has a Supabase project's publishable key.
-- Names are common ones, so each counts only beside a table that gives its owner away.
SELECT pg_class.oid::regclass::text
FROM pg_roles AS visitor, pg_class
WHERE visitor.rolname = 'anon' AND relkind IN ('r', 'p')
  AND EXISTS (SELECT FROM pg_class AS beside
              WHERE beside.relnamespace = pg_class.relnamespace
                AND (beside.relname = 'storytailor_schema' AND pg_class.relname = ANY(%(ours)s)
                     OR beside.relname = 'daemon_heartbeats' AND pg_class.relname = ANY(%(dagsters)s)))
  AND has_schema_privilege(visitor.oid, relnamespace, 'USAGE')
  AND has_table_privilege(visitor.oid, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
ORDER BY 1;
