SELECT id, library_id, creator_user_id, title, content, status, asset_generation_status,
    asset_generation_started_at, asset_generation_completed_at, hue_extracted_colors, audio_words, audio_blocks,
    brief, usage, revision, created_at, updated_at, remakes_left(id) AS remakes_left,
    (SELECT created_at FROM story_shares WHERE story_id = stories.id) AS shared_at,
    (SELECT jsonb_build_object('state', state, 'attempts', attempts, 'lastError', last_error)
     FROM webhook_outbox WHERE story_id = stories.id ORDER BY webhook_outbox.created_at DESC LIMIT 1) AS webhook
FROM stories
WHERE id = %(story_id)s AND creator_user_id = %(user_id)s;
