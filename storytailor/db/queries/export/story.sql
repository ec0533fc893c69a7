-- A story as it stands, without what making it used, which is the operator's; its files by name; and the pictures it was
-- asked for with, which its characters may have no more.
SELECT to_jsonb(stories) - 'usage' AS facts, objects,
       array(SELECT jsonb_array_elements_text(jsonb_path_query(brief, '$.characters[*].reference_images'))) AS pictures
FROM stories WHERE id = %(story_id)s AND creator_user_id = %(user_id)s;
