-- For so long these assets stood in line for a provider's limit, and could not be made: [(token, asset, seconds), …], as columns.
UPDATE asset_generation_jobs AS job
SET paused = paused + make_interval(secs => stood.seconds)
FROM unnest(%(tokens)s::uuid[], %(assets)s::text[], %(seconds)s::float8[]) AS stood(token, asset, seconds)
WHERE job.lease_token = stood.token AND job.asset_type = stood.asset;
