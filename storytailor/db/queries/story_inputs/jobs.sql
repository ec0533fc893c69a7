-- Where each job of the story stands, for the operator.
SELECT asset_type AS asset, status, claims, retry_count AS retries, blocked_by, error_message AS reason,
       lease_token IS NOT NULL AS leased, lease_token IS NOT NULL AND begun_at IS NOT NULL AS begun,
       extract(epoch FROM lease_expires_at - clock_timestamp())::float8 AS lease_left,
       extract(epoch FROM clock_timestamp() - coalesce(started_at, updated_at))::float8 AS seconds
FROM asset_generation_jobs WHERE story_id = %(story_id)s;
