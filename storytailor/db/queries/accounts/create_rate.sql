-- Seconds until the user may create again; no row when now. Counted in the ledger, which outlives deleted stories.
-- Read with the user's row locked, so it holds over any number of API processes.
SELECT greatest(1, ceil(extract(epoch FROM created_at + interval '1 minute' - clock_timestamp())))::int AS seconds
FROM credit_ledger
WHERE user_id = %(user_id)s AND kind = 'debit' AND created_at > clock_timestamp() - interval '1 minute'
ORDER BY created_at DESC
OFFSET %(limit)s - 1 LIMIT 1;
