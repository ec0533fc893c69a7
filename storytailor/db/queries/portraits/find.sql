SELECT object_key FROM portraits WHERE character_id = %(character_id)s AND sheet_hash = %(sheet_hash)s;
