SELECT character_id, sheet_hash FROM portraits WHERE character_id = ANY(%(ids)s);
