-- Where each job of the story stands, for the operator.
SELECT asset_type AS asset, asset_generation_jobs.status, claims, retry_count AS retries, blocked_by, error_message AS reason,
       lease_token IS NOT NULL AS leased, lease_token IS NOT NULL AND begun_at IS NOT NULL AS begun,
       extract(epoch FROM lease_expires_at - clock_timestamp())::float8 AS lease_left,
       extract(epoch FROM CASE WHEN asset_generation_jobs.status IN ('ready', 'failed') AND started_at IS NOT NULL
           THEN coalesce(completed_at, asset_generation_jobs.updated_at) ELSE clock_timestamp() END
           - coalesce(started_at, asset_generation_jobs.updated_at))::float8 AS seconds,
       usage->asset_type AS usage, request_id, traceparent
FROM asset_generation_jobs JOIN stories ON stories.id = story_id
WHERE story_id = %(story_id)s;
