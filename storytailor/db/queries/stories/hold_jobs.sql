-- The story's jobs, locked; `state` is NULL for one that somebody is writing at this moment. Workers lock a job and
-- then its story, we the story and then its jobs: whoever waited here would wait for ever.
WITH held AS MATERIALIZED (
    SELECT id, status FROM asset_generation_jobs WHERE story_id = %(story_id)s FOR UPDATE SKIP LOCKED
)
SELECT job.asset_type, held.status AS state
FROM asset_generation_jobs AS job LEFT JOIN held ON held.id = job.id
WHERE job.story_id = %(story_id)s;
