DELETE FROM erased_accounts WHERE erased_at < now() - make_interval(secs => %(days)s * 86400);
