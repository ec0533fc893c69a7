-- The library and the characters come with the fresh user only: whoever deletes Theo does not meet him again,
-- unless he is asked for (`restore`).
WITH fresh AS (
    INSERT INTO users (id, email, tier, credits)
    VALUES (%(user_id)s, 'demo@storytailor.invalid', 'free', %(credits)s)
    ON CONFLICT (id) DO UPDATE SET credits = greatest(users.credits, excluded.credits) WHERE %(restore)s
    RETURNING id
), library AS (
    INSERT INTO libraries (id, owner_user_id, name)
    SELECT '00000000-0000-4000-8000-000000000100'::uuid, id, 'The Demo Library' FROM fresh
    ON CONFLICT (id) DO UPDATE SET name = libraries.name
    RETURNING id, owner_user_id
)
INSERT INTO characters (id, library_id, owner_user_id, name, age, species, appearance, traits, created_at)
SELECT person.id::uuid, library.id, library.owner_user_id, person.name, person.age, person.species,
       person.appearance, person.traits, now() - person.place * interval '1 second'
FROM library, (VALUES
    (0, '00000000-0000-4000-8000-000000000101', 'Maya', 6, 'human',
     'warm brown skin, curly black hair in two puffs, bright brown eyes, a yellow raincoat, red rubber boots, '
     'a purple manual wheelchair with star stickers on its wheels',
     ARRAY['skin_tone', 'hair_texture', 'manual_wheelchair']),
    (1, '00000000-0000-4000-8000-000000000102', 'Theo', 7, 'human',
     'light freckled skin, straight ginger hair, round green glasses, a blue hearing aid behind each ear, '
     'a striped jumper with a snail on it, patched corduroy trousers',
     ARRAY['skin_tone', 'hair_texture', 'glasses', 'hearing_aid']),
    (2, '00000000-0000-4000-8000-000000000103', 'Fennel', NULL, 'fox',
     'a small russet fox with a cream chest, a white-tipped tail, a teal scarf, '
     'and a springy silver prosthetic left front leg',
     ARRAY['prosthesis'])
) AS person(place, id, name, age, species, appearance, traits)
ON CONFLICT (id) DO NOTHING;
