-- What an administrator has made in the schema `public` becomes the database owner's: a database from before it had
-- an owner of its own. What belongs to somebody else already, or to an extension, stays as it is.
DO $$
DECLARE
    heir TEXT := (SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database());
    ours TEXT;
BEGIN
    FOR ours IN
        SELECT format('%s %s', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                      pg_class.oid::regclass)
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
          AND relowner = to_regrole(current_user::text)
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('e', 'a', 'i'))
        UNION ALL
        SELECT format('ROUTINE %s', pg_proc.oid::regprocedure)
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = to_regrole(current_user::text)
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP
        EXECUTE format('ALTER %s OWNER TO %s', ours, heir);
    END LOOP;
END $$;
