SELECT price_of(%(story_id)s, %(assets)s);
