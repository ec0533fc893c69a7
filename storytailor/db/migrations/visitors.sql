-- Run at the end of every migration, for hosted Supabase. It has roles for whoever comes with a token (`authenticated`)
-- or without (`anon`) to its own REST and Realtime services, and grants them everything on whatever is new. What is
-- asked for goes through our API, which keeps quota and limits; what Supabase may do is show people their stories.
-- Ours are the tables with a `makers` policy and the functions granted to `storytailor_api`; others stay as they are.
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
    IF to_regrole('authenticated') IS NOT NULL THEN
        GRANT SELECT ON stories TO authenticated;
    END IF;
END $$;
