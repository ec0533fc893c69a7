-- One claim at a time, so that each sees what the others have under way: shares hold over all dispatchers. Whoever
-- freezes in the middle of a claim is cut off by the server, and the next one's turn comes.
SELECT set_config('idle_in_transaction_session_timeout', '3s', true),
       pg_advisory_xact_lock(hashtext('storytailor webhooks'), hashtext('claim'))::text;
