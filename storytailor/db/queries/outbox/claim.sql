-- Lease one message each of up to `limit` lines, those served longest ago first. A line is what one tenant has waiting
-- for one receiver. No line, receiver or tenant has more than its share under way, and of lines whose receiver left the
-- last attempt unanswered at most `doubtful` are taken, each with one message under way.
-- `due_at` is pushed to the end of the lease: a message whose dispatcher died is due again by itself, under the same id.
-- What nobody here could sign stays where it is: of tenants with secrets of their own, or of those without.
-- Delivered and dead messages are in none of the indexes, and a line costs one look, however long it is.
WITH RECURSIVE lines AS (
    (SELECT receiver, user_id, due_at FROM webhook_outbox WHERE state = 'waiting'
     ORDER BY receiver, user_id, due_at LIMIT 1)
    UNION ALL
    SELECT next.receiver, next.user_id, next.due_at
    FROM lines CROSS JOIN LATERAL (
        SELECT receiver, user_id, due_at FROM webhook_outbox
        WHERE state = 'waiting' AND (receiver, user_id) > (lines.receiver, lines.user_id)
        ORDER BY receiver, user_id, due_at LIMIT 1) AS next
), under_way AS MATERIALIZED (
    SELECT receiver, user_id FROM webhook_outbox
    WHERE state = 'waiting' AND lease_token IS NOT NULL AND due_at > clock_timestamp()
), at_line AS (
    SELECT receiver, user_id, count(*) AS busy FROM under_way GROUP BY receiver, user_id
), at_receiver AS (
    SELECT receiver, count(*) AS busy FROM under_way GROUP BY receiver
), of_tenant AS (
    SELECT user_id, count(*) AS busy FROM under_way GROUP BY user_id
), open AS (
    SELECT lines.receiver, lines.user_id, coalesce(state.misses, 0) > 0 AS doubted,
        coalesce(at_line.busy, 0) AS busy, coalesce(state.served_at, '-infinity') AS served_at, lines.due_at,
        %(receiver_share)s - coalesce(at_receiver.busy, 0) AS receiver_room,
        %(tenant_share)s - coalesce(of_tenant.busy, 0) AS tenant_room
    FROM lines
    LEFT JOIN webhook_lines AS state USING (receiver, user_id)
    LEFT JOIN at_line USING (receiver, user_id)
    LEFT JOIN at_receiver USING (receiver)
    LEFT JOIN of_tenant USING (user_id)
    WHERE lines.due_at <= clock_timestamp()
      AND coalesce(state.rests_until, '-infinity') <= clock_timestamp()
      AND coalesce(at_line.busy, 0) < CASE WHEN state.misses > 0 THEN 1 ELSE %(line_share)s END
      AND coalesce(at_receiver.busy, 0) < %(receiver_share)s
      AND coalesce(of_tenant.busy, 0) < %(tenant_share)s
      AND (coalesce(state.misses, 0) = 0 OR %(doubtful)s > 0)
      AND CASE WHEN EXISTS (SELECT FROM webhook_secrets AS own
                            WHERE own.user_id = lines.user_id AND coalesce(own.ends_at > clock_timestamp(), true))
               THEN %(own_sign)s ELSE %(house_signs)s END
), ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY receiver ORDER BY busy, served_at, due_at) AS at_receiver,
        row_number() OVER (PARTITION BY user_id ORDER BY busy, served_at, due_at) AS of_tenant,
        row_number() OVER (PARTITION BY doubted ORDER BY busy, served_at, due_at) AS of_standing
    FROM open
), picked AS MATERIALIZED (
    SELECT receiver, user_id FROM ranked
    WHERE at_receiver <= receiver_room AND of_tenant <= tenant_room AND (NOT doubted OR of_standing <= %(doubtful)s)
    ORDER BY busy, served_at, due_at
    LIMIT %(limit)s
), due AS MATERIALIZED (
    SELECT message.id
    FROM picked CROSS JOIN LATERAL (
        SELECT id FROM webhook_outbox
        WHERE state = 'waiting' AND receiver = picked.receiver AND user_id = picked.user_id
          AND due_at <= clock_timestamp()
        ORDER BY due_at
        LIMIT 1
        FOR UPDATE SKIP LOCKED) AS message
), leased AS (
    UPDATE webhook_outbox AS message
    SET lease_token = gen_random_uuid(),
        due_at = clock_timestamp() + make_interval(secs => %(seconds)s),
        attempts = message.attempts + 1
    FROM due
    WHERE message.id = due.id
    RETURNING message.*
), served AS (
    INSERT INTO webhook_lines (receiver, user_id, served_at)
    SELECT receiver, user_id, clock_timestamp() FROM leased
    ON CONFLICT (receiver, user_id) DO UPDATE SET served_at = EXCLUDED.served_at
    RETURNING receiver, user_id, misses
)
SELECT id, story_id, user_id, url, payload::text AS body, attempts AS attempt, lease_token AS lease,
    clock_timestamp() AS claimed_at, misses > 0 AS doubtful,
    ARRAY(SELECT secret FROM webhook_secrets AS own
          WHERE own.user_id = leased.user_id AND coalesce(own.ends_at > clock_timestamp(), true)
          ORDER BY own.created_at DESC) AS own_secrets
FROM leased JOIN served USING (receiver, user_id);
