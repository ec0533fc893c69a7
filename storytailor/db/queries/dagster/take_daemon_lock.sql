-- Whether this session has the lock that only one daemon may hold. It ends with the session.
SELECT pg_try_advisory_lock(hashtext('storytailor dagster'), hashtext('daemon')) AS taken;
