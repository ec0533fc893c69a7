SELECT id FROM stories WHERE creator_user_id = %(user_id)s ORDER BY created_at, id;
