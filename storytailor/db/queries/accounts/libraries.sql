SELECT id, name, created_at FROM libraries WHERE owner_user_id = %(user_id)s ORDER BY created_at, id;
