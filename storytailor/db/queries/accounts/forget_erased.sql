-- At most `most`; the others the next time.
DELETE FROM erased_accounts WHERE mark IN (
    SELECT mark FROM erased_accounts WHERE erased_at < now() - make_interval(secs => %(days)s * 86400)
    LIMIT %(most)s FOR UPDATE SKIP LOCKED);
