-- Who we are, on which server, what time it is there, and how many connections its limits leave to us: of the server,
-- the database, the role.
SELECT current_user::text AS role,
       rolsuper AS superuser,
       current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp())::float AS clock,
       least(CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit END,
             CASE WHEN datconnlimit < 0 THEN NULL ELSE datconnlimit END,
             current_setting('max_connections')::int
             - CASE WHEN rolsuper THEN 0
                    ELSE current_setting('superuser_reserved_connections')::int
                         + coalesce(current_setting('reserved_connections', true), '0')::int END) AS allowed
FROM pg_roles, pg_database
WHERE rolname = session_user AND datname = current_database();
