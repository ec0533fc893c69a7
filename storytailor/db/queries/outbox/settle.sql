-- The outcome of an attempt; changes nothing when the lease has ended.
UPDATE webhook_outbox
SET state = %(state)s,
    last_error = %(reason)s,
    due_at = clock_timestamp() + make_interval(secs => %(seconds)s),
    settled_at = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE clock_timestamp() END,
    lease_token = NULL
WHERE id = %(id)s AND lease_token = %(lease)s;
