SELECT pay_for_story(%(story_id)s, %(source)s);
