-- A queued job for each asset. Not one statement with the story's insert: the jobs' policy asks whose the story
-- is, and a statement does not see its own rows.
INSERT INTO asset_generation_jobs (story_id, asset_type, priority, traceparent, request_id)
SELECT %(story_id)s, asset, %(priority)s, %(traceparent)s, %(request_id)s FROM unnest(%(assets)s::text[]) AS asset;
