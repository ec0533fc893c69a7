-- Whether nothing shows the object: it may be in use again, a reference image that is shown, or a story's file or a portrait
-- that another try has made just like it.
SELECT NOT reference_image_in_use(owner_user_id, prefix)
       AND NOT EXISTS (SELECT FROM stories, jsonb_each_text(stories.objects) AS object
                       WHERE stories.id = substring(prefix FROM '^stories/([0-9a-f-]{36})/.')::uuid
                         AND object.value = prefix)
       AND NOT EXISTS (SELECT FROM portraits
                       WHERE character_id = substring(prefix FROM '^characters/([0-9a-f-]{36})/portrait-.')::uuid
                         AND object_key = prefix)
FROM object_removals
WHERE id = %(id)s;
