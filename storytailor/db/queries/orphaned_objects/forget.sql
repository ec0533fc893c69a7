DELETE FROM object_removals WHERE id = ANY(%(ids)s);
