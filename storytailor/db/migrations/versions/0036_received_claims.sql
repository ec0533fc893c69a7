-- A claim on its way to a worker waits as long as all of them are busy. One that a worker has received is that worker's,
-- which renews it while it waits for its turn: when the worker dies it runs out, and another worker has the story.
ALTER TABLE asset_generation_jobs ADD COLUMN received_at TIMESTAMPTZ;
COMMENT ON COLUMN asset_generation_jobs.received_at IS 'When a worker last said that it has the lease; NULL while the lease is on its way to one. Means nothing without a lease.';

-- An asset has its minutes to be made in. The time in which nobody could work at it is not the asset's.
ALTER TABLE asset_generation_jobs ADD COLUMN paused INTERVAL NOT NULL DEFAULT interval '0';
COMMENT ON COLUMN asset_generation_jobs.paused IS 'So much of the time since started_at nobody could make it: its lease could not be renewed, or it stood in line for a provider''s limit.';

-- What is begun was received; what is not may be with a worker of before, which says so at its next renewal.
UPDATE asset_generation_jobs SET received_at = begun_at WHERE lease_token IS NOT NULL;
