-- What the user has used and may use.
SELECT users.tier, users.credits, used.of_tier AS used_of_tier, used.of_credits AS used_credits
FROM users CROSS JOIN stories_used(users.id) AS used
WHERE users.id = %(user_id)s;
