-- Run at the end of every migration, for hosted Supabase. It has roles for whoever comes with a token (`authenticated`)
-- or without (`anon`) to its own REST and Realtime services, and grants them everything on whatever is new. What is
-- asked for goes through our API, which keeps quota and limits; what Supabase may do is show people their stories.
-- Ours are the tables with a `makers` policy and the functions granted to `storytailor_api`; others stay as they are.
-- So are Dagster's tables where an earlier version has put them into `public`: they know children's names, and lack row
-- security. (`storytailor.dagster_tables` is set by env.py.)
DO $$
DECLARE
    visitor TEXT;
    ours TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        FOR ours IN SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'makers'
                    UNION ALL SELECT 'storytailor_schema' LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %I', ours, visitor);
        END LOOP;
        FOR ours IN SELECT pg_proc.oid::regprocedure::text FROM pg_proc, aclexplode(proacl) AS granted
                    WHERE granted.grantee = to_regrole('storytailor_api') LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %I', ours, visitor);
        END LOOP;
    END LOOP;
    FOR visitor, ours IN
        SELECT rolname, relation.oid::regclass::text
        FROM pg_roles, pg_class AS kept, pg_class AS relation
        WHERE rolname IN ('anon', 'authenticated')
          AND to_regclass('event_logs') IS NOT NULL AND to_regclass('daemon_heartbeats') IS NOT NULL
          AND kept.relnamespace = current_schema()::regnamespace AND kept.relkind = 'r'
          AND kept.relname = ANY(string_to_array(current_setting('storytailor.dagster_tables'), ','))
          AND pg_has_role(current_user, kept.relowner, 'USAGE')
          AND (relation.oid = kept.oid OR relation.relkind = 'S' AND EXISTS (
              SELECT FROM pg_depend WHERE objid = relation.oid AND refobjid = kept.oid AND deptype IN ('a', 'i')))
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %I', ours, visitor);
    END LOOP;
    IF to_regrole('authenticated') IS NOT NULL THEN
        GRANT SELECT ON stories TO authenticated;
    END IF;
END $$;
