-- The story and a queued job for each asset, in one statement.
WITH story AS (
    INSERT INTO stories (library_id, creator_user_id, title, asset_generation_status, brief, webhook_url)
    VALUES (%(library_id)s, %(user_id)s, %(title)s, %(status)s, %(brief)s, %(webhook_url)s)
    RETURNING *
), jobs AS (
    INSERT INTO asset_generation_jobs (story_id, asset_type, priority)
    SELECT story.id, asset, %(priority)s FROM story, unnest(%(assets)s::text[]) AS asset
)
SELECT id, status, asset_generation_status FROM story;
