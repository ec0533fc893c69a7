-- Seconds until the user may ask again; NULL when now. Read with the user's row locked, so it holds over any number of API
-- processes.
SELECT create_wait(%(user_id)s, %(limit)s, %(debits)s), spend_on_judging(%(usd)s::numeric);
