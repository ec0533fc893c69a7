-- Objects to be deleted now; what is in use again is left out, and forgotten with the rest: a reference image that is
-- shown, or a story's file or a portrait that another try has made just like it.
SELECT id, prefix,
       NOT reference_image_in_use(owner_user_id, prefix)
       AND NOT EXISTS (SELECT FROM stories, jsonb_each_text(stories.objects) AS object
                       WHERE stories.id = substring(prefix FROM '^stories/([0-9a-f-]{36})/.')::uuid
                         AND object.value = prefix)
       AND NOT EXISTS (SELECT FROM portraits
                       WHERE character_id = substring(prefix FROM '^characters/([0-9a-f-]{36})/portrait-.')::uuid
                         AND object_key = prefix) AS unused
FROM object_removals
WHERE due_at <= clock_timestamp()
ORDER BY due_at
LIMIT %(limit)s;
