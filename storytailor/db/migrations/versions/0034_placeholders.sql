-- The look at what is to be told comes twice a minute: it is to read the last hour's pictures, and not all there are.
CREATE INDEX asset_generation_jobs_placeholders ON asset_generation_jobs (completed_at)
    WHERE status = 'ready' AND metadata->>'fallback' = 'true';
CREATE INDEX asset_generation_jobs_covers ON asset_generation_jobs (completed_at)
    WHERE status = 'ready' AND asset_type = 'cover';
