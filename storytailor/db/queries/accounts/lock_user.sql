SELECT id FROM users WHERE id = %(user_id)s FOR NO KEY UPDATE;
