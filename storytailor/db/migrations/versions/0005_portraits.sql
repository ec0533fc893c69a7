-- A character without reference images sits for a portrait once; later stories draw from it.
-- `sheet_hash` is of everything a picture shows of the character: who changes their looks sits again.
CREATE TABLE portraits (
    character_id  UUID NOT NULL REFERENCES characters(id) ON DELETE CASCADE,
    sheet_hash    TEXT NOT NULL,
    object_key    TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (character_id, sheet_hash)
);
ALTER TABLE portraits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON portraits TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON portraits TO storytailor_maker;
