-- Lease what is due, the longest due first. `due_at` is pushed to the end of the lease: a message whose dispatcher
-- died is due again by itself, under the same id.
WITH due AS MATERIALIZED (
    SELECT id FROM webhook_outbox
    WHERE state = 'waiting' AND due_at <= clock_timestamp()
    ORDER BY due_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE webhook_outbox AS message
SET lease_token = gen_random_uuid(),
    due_at = clock_timestamp() + make_interval(secs => %(seconds)s),
    attempts = message.attempts + 1
FROM due
WHERE message.id = due.id
RETURNING message.id, message.story_id, message.url, message.payload::text AS body, message.attempts AS attempt,
    message.lease_token AS lease;
