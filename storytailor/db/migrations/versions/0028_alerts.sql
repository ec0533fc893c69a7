-- What an operator is to be told of: a row a cause, however many stories met it. `says` is in words for operators, without
-- a family's. `stories` counts those that met it since it was told; one that is `standing` is not met by a story, and is
-- over when nobody has seen it for a while.
CREATE TABLE operator_alerts (
    cause         TEXT PRIMARY KEY,
    says          TEXT NOT NULL,
    stages        TEXT[] NOT NULL DEFAULT '{}',
    story_id      UUID REFERENCES stories(id) ON DELETE SET NULL,
    stories       INTEGER NOT NULL DEFAULT 0,
    standing      BOOLEAN NOT NULL,
    first_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    last_at       TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    told_at       TIMESTAMPTZ,
    telling_until TIMESTAMPTZ
);
CREATE INDEX ON operator_alerts (story_id);
CREATE INDEX asset_generation_jobs_failed ON asset_generation_jobs (completed_at) WHERE status = 'failed';
ALTER TABLE operator_alerts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON operator_alerts TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_alerts TO storytailor_maker;

-- Something stands in the way of everybody, and whoever calls has seen it just now.
CREATE FUNCTION note_standing_alert(what TEXT, words TEXT) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO operator_alerts (cause, says, standing) VALUES (left(what, 300), left(words, 2000), true)
    ON CONFLICT (cause) DO UPDATE SET says = excluded.says, last_at = clock_timestamp()
$$;
REVOKE EXECUTE ON FUNCTION note_standing_alert FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_standing_alert TO storytailor_api, storytailor_maker;

-- As in 0002: on a hosted Supabase project visitors get everything by default, and are to have none of this.
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON operator_alerts FROM %I', visitor);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION note_standing_alert FROM %I', visitor);
    END LOOP;
END $$;
