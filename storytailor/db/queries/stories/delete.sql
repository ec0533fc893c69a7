DELETE FROM stories WHERE id = %(story_id)s AND creator_user_id = %(user_id)s;
