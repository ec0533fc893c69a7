-- Who holds the daemons' lock, as the session calls itself, and since when it is connected.
SELECT a.application_name, a.backend_start
  FROM pg_locks l
  JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.classid::BIGINT = hashtext('storytailor dagster')::BIGINT & 4294967295
   AND l.objid::BIGINT = hashtext('daemon')::BIGINT & 4294967295;
