-- Objects that nothing shows yet, or any more. Of a story that is gone there is nothing to be stored.
INSERT INTO object_removals (owner_user_id, prefix)
SELECT creator_user_id, unnest(%(keys)s::text[]) FROM stories WHERE id = %(story_id)s
RETURNING id;
