-- A character who sits for a portrait: until then, by the database's clock, other stories wait for it and do not draw the same one.
-- Whoever draws may die: so the claim ends by itself, and the next one draws.
CREATE TABLE portrait_sittings (
    character_id  UUID NOT NULL REFERENCES characters(id) ON DELETE CASCADE,
    sheet_hash    TEXT NOT NULL,
    ends_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (character_id, sheet_hash)
);
ALTER TABLE portrait_sittings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON portrait_sittings TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON portrait_sittings TO storytailor_maker;
