SELECT id FROM stories WHERE id = %(story_id)s;
