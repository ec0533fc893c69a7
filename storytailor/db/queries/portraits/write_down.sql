-- A portrait that nothing shows yet: whatever becomes of the worker that stores it, it belongs to somebody.
INSERT INTO object_removals (owner_user_id, prefix)
SELECT owner_user_id, %(object_key)s FROM characters WHERE id = %(character_id)s
RETURNING id;
