SELECT order_assets(%(story_id)s, %(assets)s, %(source)s, %(remakes)s, %(costs)s);
