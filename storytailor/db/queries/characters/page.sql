SELECT id, library_id, name, age, species, appearance, traits, reference_images, created_at, updated_at,
       photo_consents_of(owner_user_id, reference_images) AS consents
FROM characters
WHERE owner_user_id = %(user_id)s
  AND (%(before_id)s::uuid IS NULL OR (created_at, id) < (%(before_created_at)s::timestamptz, %(before_id)s::uuid))
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s;
