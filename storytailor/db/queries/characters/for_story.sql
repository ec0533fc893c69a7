SELECT id, name, age, species, appearance, traits, reference_images
FROM characters WHERE owner_user_id = %(user_id)s AND id = ANY(%(ids)s)
FOR SHARE;  -- no reference image can be removed while a story is being created with it
