DELETE FROM characters WHERE id = %(character_id)s AND owner_user_id = %(user_id)s RETURNING reference_images;
