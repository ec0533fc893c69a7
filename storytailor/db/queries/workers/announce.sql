-- This worker is there for so many seconds more. Rows of workers long gone go with it.
WITH gone AS (
    DELETE FROM workers WHERE id IN (
        SELECT id FROM workers WHERE expires_at < clock_timestamp() - interval '1 day' FOR UPDATE SKIP LOCKED)
)
INSERT INTO workers (id, name, slots, expires_at, circuits)
VALUES (%(id)s, %(name)s, %(slots)s, clock_timestamp() + make_interval(secs => %(seconds)s), %(circuits)s)
ON CONFLICT (id) DO UPDATE
SET expires_at = excluded.expires_at, slots = excluded.slots, circuits = excluded.circuits;
