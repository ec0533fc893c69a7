-- What a CDN may still have of a book's files that were deleted from the store. Written by the statement that takes them
-- off object_removals, and deleted once the CDN has taken the order: whatever fails or dies in between, it is still due.
CREATE TABLE cdn_purges (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix      TEXT NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    attempts    INTEGER NOT NULL DEFAULT 0,
    last_error  TEXT,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_purges_due ON cdn_purges(due_at, id);
COMMENT ON COLUMN cdn_purges.prefix IS 'A key, or the folder that several begin with.';
COMMENT ON COLUMN cdn_purges.due_at IS 'When to order it; while an attempt is under way, when its lease runs out.';
ALTER TABLE cdn_purges ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON cdn_purges TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON cdn_purges TO storytailor_maker;
