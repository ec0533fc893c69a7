-- Whether the story's last debit stands, or was given back. A story without any was never to be paid for.
SELECT kind = 'debit' AS paid FROM credit_ledger
WHERE story_id = %(story_id)s
ORDER BY turn DESC, kind DESC  -- a turn's refund comes after its debit
LIMIT 1;
