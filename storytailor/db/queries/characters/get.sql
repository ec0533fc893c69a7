SELECT id, library_id, name, age, species, appearance, traits, reference_images, created_at, updated_at,
       photo_consents_of(owner_user_id, reference_images) AS consents
FROM characters WHERE id = %(character_id)s AND owner_user_id = %(user_id)s;
