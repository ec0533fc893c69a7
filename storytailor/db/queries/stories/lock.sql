SELECT id, status, asset_generation_status, brief
FROM stories
WHERE id = %(story_id)s AND creator_user_id = %(user_id)s
FOR UPDATE;
