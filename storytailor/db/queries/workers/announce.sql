-- This worker is there for so many seconds more. Rows of workers long gone go with it.
WITH gone AS (
    DELETE FROM workers WHERE expires_at < clock_timestamp() - interval '1 day'
)
INSERT INTO workers (id, name, slots, expires_at)
VALUES (%(id)s, %(name)s, %(slots)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, slots = excluded.slots;
