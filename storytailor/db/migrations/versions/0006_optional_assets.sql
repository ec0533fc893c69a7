-- The assets that a story can be read without are named; whatever else it has, however many scenes, is required.
-- The catalog says the same (`required`), and a test compares the two.
CREATE OR REPLACE FUNCTION story_overall(assets JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT CASE
        WHEN bool_or(value->>'status' IN ('pending', 'generating', 'retrying')) THEN 'generating'
        WHEN bool_or(value->>'status' = 'failed' AND key NOT IN ('audio', 'activities', 'pdf', 'epub')) THEN 'failed'
        WHEN bool_or(value->>'status' = 'failed') THEN 'partial'
        ELSE 'ready'
    END
    FROM jsonb_each(assets)
);
