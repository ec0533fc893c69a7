-- What the user has used and may use: debits not given back; of an individual's tier only this month's (UTC).
SELECT users.tier, users.credits,
    count(*) FILTER (WHERE debit.source = 'tier' AND (users.tier = 'free'
        OR debit.created_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'))::int AS used_of_tier,
    count(*) FILTER (WHERE debit.source = 'credit')::int AS used_credits
FROM users
LEFT JOIN credit_ledger AS debit ON debit.user_id = users.id AND debit.kind = 'debit'
    AND NOT EXISTS (SELECT FROM credit_ledger AS refund
                    WHERE refund.story_id = debit.story_id AND refund.kind = 'refund' AND refund.turn = debit.turn)
WHERE users.id = %(user_id)s
GROUP BY users.id;
