SELECT salt, token_hash, created_at FROM story_shares WHERE story_id = %(story_id)s AND owner_user_id = %(user_id)s;
