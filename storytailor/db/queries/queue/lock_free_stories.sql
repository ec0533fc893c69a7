-- Of these stories, lock those that nobody else has locked, each with all of its unfinished jobs: what is then done to
-- them waits for no one. The others are left for the next time, so that one of them stops none of these.
WITH jobs AS MATERIALIZED (
    SELECT story_id FROM asset_generation_jobs
    WHERE story_id = ANY(%(stories)s) AND status IN ('queued', 'generating')
    FOR UPDATE SKIP LOCKED
), whole AS MATERIALIZED (
    SELECT story_id FROM jobs GROUP BY story_id
    HAVING count(*) = (SELECT count(*) FROM asset_generation_jobs AS job
                       WHERE job.story_id = jobs.story_id AND job.status IN ('queued', 'generating'))
)
SELECT id FROM stories WHERE id IN (SELECT story_id FROM whole)
FOR NO KEY UPDATE SKIP LOCKED;
