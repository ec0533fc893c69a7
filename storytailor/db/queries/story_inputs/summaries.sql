-- What tells stories apart without their words: for the operator.
SELECT id AS story_id, brief->>'story_type' AS kind, created_at, asset_generation_status->>'overall' AS state
FROM stories WHERE id = ANY(%(ids)s);
