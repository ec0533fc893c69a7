SELECT DISTINCT key FROM unnest(%(keys)s::text[]) AS key WHERE NOT reference_image_in_use(%(user_id)s, key);
