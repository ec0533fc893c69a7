-- What is as old as this and waits for a receiver that has not answered for as long: its line is tried so seldom that
-- the attempts of each message would not come to an end.
WITH silent AS MATERIALIZED (
    SELECT message.id
    FROM webhook_lines AS line JOIN webhook_outbox AS message USING (receiver, user_id)
    WHERE line.silent_since <= clock_timestamp() - make_interval(secs => %(seconds)s)
      AND message.state = 'waiting'
      AND message.created_at <= clock_timestamp() - make_interval(secs => %(seconds)s)
      AND (message.lease_token IS NULL OR message.due_at <= clock_timestamp())
    LIMIT 1000
    FOR UPDATE OF message SKIP LOCKED
)
UPDATE webhook_outbox AS message
SET state = 'dead', last_error = %(reason)s, settled_at = clock_timestamp(), lease_token = NULL
FROM silent
WHERE message.id = silent.id
RETURNING message.id, message.story_id, message.attempts;
