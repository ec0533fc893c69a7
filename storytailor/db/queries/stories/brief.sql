SELECT brief FROM stories WHERE id = %(story_id)s;
