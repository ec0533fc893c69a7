-- One of the user's stories as Supabase's Realtime shows a row: every column, as JSON. What it used is the operator's.
SELECT revision, created_at, to_jsonb(stories) || '{"usage": {}}' AS record
FROM stories
WHERE id = %(story_id)s AND creator_user_id = %(user_id)s;
