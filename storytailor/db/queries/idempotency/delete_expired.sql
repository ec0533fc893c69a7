DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => %(hours)s * 3600);
