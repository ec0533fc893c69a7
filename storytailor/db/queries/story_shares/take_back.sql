-- The story's id, shared or not; no row for one that is not the user's.
WITH taken AS (
    DELETE FROM story_shares WHERE story_id = %(story_id)s AND owner_user_id = %(user_id)s
)
SELECT id FROM stories WHERE id = %(story_id)s AND creator_user_id = %(user_id)s;
