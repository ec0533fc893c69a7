-- Claim up to `batch` stories with queued assets, a fresh lease each, as long as fewer than `in_flight`
-- are under way and fewer than `waiting` a worker wait to be begun (NULL: any number): what is not claimed yet is in one
-- line, from which the worker takes that has time for it. Urgent before high before normal, then oldest. A story has one claim at a time;
-- two sensors side by side never get the same story: its row is the lock. It is counted when a worker begins it.
-- What somebody has locked, the story or one of its jobs, is left for the next tick.
WITH heads AS MATERIALIZED (
    SELECT story_id, priority_rank(priority) AS rank, created_at
    FROM asset_generation_jobs AS queued
    WHERE status = 'queued' AND lease_token IS NULL
      AND NOT EXISTS (SELECT FROM asset_generation_jobs AS other
                      WHERE other.story_id = queued.story_id
                        AND other.lease_token IS NOT NULL)
    ORDER BY priority_rank(priority), created_at, story_id
    LIMIT %(batch)s * %(assets_a_story)s
), picked AS MATERIALIZED (
    SELECT stories.id, gen_random_uuid() AS token
    FROM (SELECT story_id, min(rank) AS rank, min(created_at) AS since FROM heads GROUP BY story_id) AS waiting
    JOIN stories ON stories.id = waiting.story_id
    ORDER BY waiting.rank, waiting.since
    LIMIT (SELECT greatest(0, least(%(batch)s, %(in_flight)s - count(DISTINCT lease_token),
                                    %(waiting)s::int * (SELECT greatest(1, workers) FROM worker_capacity())
                                    - count(DISTINCT lease_token) FILTER (WHERE begun_at IS NULL)))
           FROM asset_generation_jobs WHERE lease_token IS NOT NULL)
    FOR UPDATE OF stories SKIP LOCKED
), free AS MATERIALIZED (
    SELECT job.id, job.story_id, picked.token
    FROM picked JOIN asset_generation_jobs AS job ON job.story_id = picked.id
    WHERE job.status = 'queued' AND job.lease_token IS NULL
    FOR UPDATE OF job SKIP LOCKED
), leased AS (
    UPDATE asset_generation_jobs AS job
    SET lease_token = free.token,
        lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s),
        begun_at = NULL, received_at = NULL
    FROM free
    WHERE job.id = free.id AND NOT EXISTS (
        SELECT FROM asset_generation_jobs AS locked
        WHERE locked.story_id = free.story_id AND locked.status = 'queued'
          AND locked.id NOT IN (SELECT id FROM free))
    RETURNING job.story_id, job.lease_token, job.asset_type, job.claims, job.priority, job.created_at
)
SELECT story_id, lease_token, array_agg(asset_type) AS assets, max(claims) + 1 AS claim
FROM leased
GROUP BY story_id, lease_token
ORDER BY min(priority_rank(priority)), min(created_at);
