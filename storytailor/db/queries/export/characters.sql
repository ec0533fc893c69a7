-- Each character as it stands, and the keys of its pictures: those given, and those drawn.
SELECT id, to_jsonb(characters) AS facts,
       reference_images || array(SELECT object_key FROM portraits WHERE character_id = characters.id) AS pictures
FROM characters WHERE owner_user_id = %(user_id)s ORDER BY created_at, id;
