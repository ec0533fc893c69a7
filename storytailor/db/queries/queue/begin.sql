-- A worker takes a claim up: from now on it counts, and is renewed. Once: a task delivered twice begins nothing.
UPDATE asset_generation_jobs
SET begun_at = clock_timestamp(), claims = claims + 1,
    lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE lease_token = %(token)s AND begun_at IS NULL;
