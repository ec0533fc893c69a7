-- Objects that nothing shows yet, or any more. A story that is gone has written down all of its own.
INSERT INTO object_removals (owner_user_id, prefix)
SELECT creator_user_id, unnest(%(keys)s::text[]) FROM stories WHERE id = %(story_id)s
RETURNING id;
