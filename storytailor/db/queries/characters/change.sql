-- What `changes` names; a null there is meant, for an age that is not known.
UPDATE characters
SET name = coalesce(new.name, characters.name),
    age = CASE WHEN %(changes)s::jsonb ? 'age' THEN new.age ELSE characters.age END,
    species = coalesce(new.species, characters.species),
    appearance = coalesce(new.appearance, characters.appearance),
    traits = coalesce(new.traits, characters.traits),
    library_id = coalesce(new.library_id, characters.library_id),
    updated_at = now()
FROM jsonb_to_record(%(changes)s::jsonb)
    AS new(name text, age int, species text, appearance text, traits text[], library_id uuid)
WHERE characters.id = %(character_id)s AND characters.owner_user_id = %(user_id)s
RETURNING characters.id, characters.library_id, characters.name, characters.age, characters.species,
    characters.appearance, characters.traits, reference_images, created_at, updated_at,
    photo_consents_of(owner_user_id, reference_images) AS consents;
