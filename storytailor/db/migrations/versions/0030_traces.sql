-- The request that asked for an asset: its id, as the API logs it, and its step in a trace (W3C's traceparent), where
-- traces are sent. NULL for what an operator asked for in Dagster.
ALTER TABLE asset_generation_jobs
    ADD COLUMN request_id  TEXT CHECK (length(request_id) <= 64),
    ADD COLUMN traceparent TEXT CHECK (length(traceparent) <= 55);
GRANT INSERT (request_id, traceparent), UPDATE (request_id, traceparent) ON asset_generation_jobs TO storytailor_api;
