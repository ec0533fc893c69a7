-- The outcome of an attempt; changes nothing when the lease has ended. Any answer opens the line again. From the third
-- attempt in a row without one it rests: 5 s, then twice as long each time, up to 5 minutes.
WITH settled AS (
    UPDATE webhook_outbox
    SET state = %(state)s,
        last_error = %(reason)s,
        due_at = clock_timestamp() + make_interval(secs => %(seconds)s),
        settled_at = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE clock_timestamp() END,
        lease_token = NULL
    WHERE id = %(id)s AND lease_token = %(lease)s
    RETURNING receiver, user_id
)
UPDATE webhook_lines AS line
SET misses = CASE WHEN %(silent)s THEN misses + 1 ELSE 0 END,
    silent_since = CASE WHEN %(silent)s THEN coalesce(silent_since, clock_timestamp()) END,
    rests_until = CASE WHEN %(silent)s AND misses >= 2
                       THEN clock_timestamp() + make_interval(secs => least(300, 5 * 2 ^ least(misses - 2, 10))) END
FROM settled
WHERE line.receiver = settled.receiver AND line.user_id = settled.user_id;
