DELETE FROM portraits
WHERE character_id = %(character_id)s AND sheet_hash = %(sheet_hash)s AND object_key = %(object_key)s;
