SELECT brief, creator_user_id AS owner, array(SELECT jsonb_object_keys(asset_generation_status->'assets')) AS assets FROM stories WHERE id = %(story_id)s;
