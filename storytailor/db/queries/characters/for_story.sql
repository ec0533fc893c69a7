SELECT id, name, age, species, appearance, traits, reference_images
FROM characters WHERE owner_user_id = %(user_id)s AND id = ANY(%(ids)s)
FOR SHARE;  -- nobody takes a reference image away while a story is being asked for with it
