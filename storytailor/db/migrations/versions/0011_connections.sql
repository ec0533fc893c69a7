-- API and makers refuse a schema older than their code, so both have to see which one it is.
GRANT SELECT ON storytailor_schema TO storytailor_api, storytailor_maker;

-- A database migrated by an early 0001 or 0002, which were edited after they had landed, lacks these.
ALTER TABLE asset_generation_jobs ADD COLUMN IF NOT EXISTS blocked_by TEXT;
