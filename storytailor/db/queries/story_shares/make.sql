-- Nothing happens for a story that is shared already, or is not the user's.
INSERT INTO story_shares (story_id, owner_user_id, salt, token_hash)
SELECT id, creator_user_id, %(salt)s, %(token_hash)s FROM stories
WHERE id = %(story_id)s AND creator_user_id = %(user_id)s
ON CONFLICT (story_id) DO NOTHING
RETURNING story_id;
