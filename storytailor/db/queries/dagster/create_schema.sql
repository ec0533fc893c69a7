-- A schema that PostgREST does not serve and nobody else may look into, for Dagster's own tables.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('storytailor dagster'));
CREATE SCHEMA IF NOT EXISTS dagster;
REVOKE ALL ON SCHEMA dagster FROM PUBLIC;
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA dagster FROM %I', visitor);
    END LOOP;
END $$;
COMMIT;
