UPDATE characters
SET reference_images = array_remove(reference_images, %(key)s), updated_at = now()
WHERE id = %(character_id)s AND owner_user_id = %(user_id)s
RETURNING id;
