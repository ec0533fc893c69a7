-- Messages that were delivered, or given up, so many seconds ago.
DELETE FROM webhook_outbox WHERE id IN (
    SELECT id FROM webhook_outbox
    WHERE state <> 'waiting' AND settled_at < clock_timestamp() - make_interval(secs => %(seconds)s)
    LIMIT %(most)s FOR UPDATE SKIP LOCKED);
