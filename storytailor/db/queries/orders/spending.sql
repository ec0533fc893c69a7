-- A user's own spending today, or the house's, when `whose` is NULL.
SELECT spent, under_way, seconds_left FROM spending_today(%(whose)s);
