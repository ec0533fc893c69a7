SELECT id, library_id, creator_user_id, title, content, status, asset_generation_status,
    asset_generation_started_at, asset_generation_completed_at, hue_extracted_colors, audio_words, audio_blocks,
    brief, usage, revision, created_at, updated_at
FROM stories
WHERE id = %(story_id)s AND creator_user_id = %(user_id)s;
