-- A user's pictures take up so many bytes; those of before are not counted.
ALTER TABLE photo_consents ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0 CHECK (bytes >= 0);
COMMENT ON COLUMN photo_consents.bytes IS 'Of the picture as it is stored.';
GRANT INSERT (bytes) ON photo_consents TO storytailor_api;
