-- Whose stories this Dagster keeps the history of: whoever asks first is written down. No row: somebody else is just
-- being written down.
WITH first AS (
    INSERT INTO kvs (key, value) VALUES ('storytailor/installation', %(installation)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING value
)
SELECT value FROM first
UNION ALL
SELECT value FROM kvs WHERE key = 'storytailor/installation';
