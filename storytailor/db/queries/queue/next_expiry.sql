-- In how many seconds the next lease runs out as a whole, unless it is renewed; NULL when there is none.
SELECT extract(epoch FROM min(expires_at) - clock_timestamp())::float8 AS seconds
FROM (SELECT max(lease_expires_at) AS expires_at FROM asset_generation_jobs
      WHERE lease_token IS NOT NULL GROUP BY lease_token) AS leases;
