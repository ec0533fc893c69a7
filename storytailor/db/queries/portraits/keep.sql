-- The first one kept stays, so that stories made side by side show the same child. A character deleted meanwhile, or just
-- now, keeps none. What is kept is no orphan any more.
WITH sitter AS (
    SELECT id FROM characters WHERE id = %(character_id)s FOR KEY SHARE
), kept AS (
    INSERT INTO portraits (character_id, sheet_hash, object_key)
    SELECT id, %(sheet_hash)s, %(object_key)s FROM sitter
    ON CONFLICT (character_id, sheet_hash) DO UPDATE SET object_key = portraits.object_key
    RETURNING object_key
), shown AS (
    DELETE FROM object_removals USING kept WHERE id = ANY(%(orphans)s::bigint[]) AND object_key = prefix
)
SELECT object_key FROM kept;
