-- Which installation this database is. Dagster's database has it written down (storytailor/db/queries/dagster/), so that
-- a wrong DATABASE_URL, in which no story is known, lets no sweep take all stories for deleted. A backup has it too.
CREATE TABLE installation (
    id  UUID PRIMARY KEY DEFAULT gen_random_uuid()
);
CREATE UNIQUE INDEX idx_installation_one ON installation ((true));
INSERT INTO installation DEFAULT VALUES;
ALTER TABLE installation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON installation TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT ON installation TO storytailor_maker;

-- What a sweep forgets of messages that were delivered, or given up, long ago.
CREATE INDEX idx_webhooks_settled ON webhook_outbox(settled_at) WHERE state <> 'waiting';
