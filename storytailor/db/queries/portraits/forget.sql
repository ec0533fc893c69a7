-- What lies there all the same, damaged, is nobody's from now on.
WITH forgotten AS (
    DELETE FROM portraits
    WHERE character_id = %(character_id)s AND sheet_hash = %(sheet_hash)s AND object_key = %(object_key)s
    RETURNING character_id, object_key
)
INSERT INTO object_removals (owner_user_id, prefix)
SELECT owner_user_id, object_key FROM forgotten JOIN characters ON characters.id = character_id;
