-- What was met last so many days ago.
DELETE FROM operator_alerts WHERE last_at < clock_timestamp() - make_interval(days => %(days)s);
