SELECT reference_images FROM characters
WHERE id = %(character_id)s AND owner_user_id = %(user_id)s
FOR NO KEY UPDATE;
