-- A claim on its way to a worker waits as long as all of them are busy. One that a worker has received is that worker's,
-- which renews it while it waits for its turn: when the worker dies it runs out, and another worker has the story.
ALTER TABLE asset_generation_jobs ADD COLUMN received_at TIMESTAMPTZ;
COMMENT ON COLUMN asset_generation_jobs.received_at IS 'When a worker last said that it has the lease; NULL while the lease is on its way to one. Means nothing without a lease.';

-- What is begun was received; what is not may be with a worker of before, which says so at its next renewal.
UPDATE asset_generation_jobs SET received_at = begun_at WHERE lease_token IS NOT NULL;
