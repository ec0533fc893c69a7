-- What a reader needs, and nothing of who asked for it, how, and at what cost. Once more with the link, which may have
-- been taken back since it was found.
SELECT id, title, status, asset_generation_status, hue_extracted_colors, audio_words, audio_blocks,
       brief->>'language' AS language, content->>'dedication' AS dedication, content->>'moral' AS moral,
       jsonb_path_query_array(content, '$.beats[*].text') AS texts
FROM stories
WHERE id = %(story_id)s AND EXISTS (SELECT FROM story_shares WHERE story_id = id AND token_hash = %(token_hash)s);
