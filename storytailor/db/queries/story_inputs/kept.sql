SELECT content, asset_generation_status->'assets' AS assets, objects, audio_words AS words, audio_blocks AS blocks
FROM stories WHERE id = %(story_id)s;
