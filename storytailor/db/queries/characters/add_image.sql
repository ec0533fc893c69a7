UPDATE characters
SET reference_images = CASE WHEN %(key)s = ANY (reference_images) THEN reference_images
                            ELSE reference_images || %(key)s::text END,
    updated_at = now()
WHERE id = %(character_id)s AND owner_user_id = %(user_id)s;
