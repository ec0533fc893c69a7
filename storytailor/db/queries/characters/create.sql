INSERT INTO characters (library_id, owner_user_id, name, age, species, appearance, traits)
VALUES (%(library_id)s, %(user_id)s, %(character_name)s, %(age)s, %(species)s, %(appearance)s, %(traits)s)
RETURNING id, library_id, name, age, species, appearance, traits, reference_images, created_at, updated_at,
    '[]'::jsonb AS consents;
