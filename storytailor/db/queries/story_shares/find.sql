SELECT story_id, owner_user_id FROM shared_story(%(token_hash)s);
