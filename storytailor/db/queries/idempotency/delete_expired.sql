-- A row that is locked now goes the next time, as does what is beyond `most`.
DELETE FROM idempotency_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_keys
    WHERE created_at < now() - make_interval(secs => %(hours)s * 3600)
    LIMIT %(most)s FOR UPDATE SKIP LOCKED);
