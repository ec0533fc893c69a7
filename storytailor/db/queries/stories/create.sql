INSERT INTO stories (library_id, creator_user_id, title, asset_generation_status, brief, webhook_url)
VALUES (%(library_id)s, %(user_id)s, %(title)s, %(status)s, %(brief)s, %(webhook_url)s)
RETURNING id, status, asset_generation_status;
