-- Objects to be deleted now; what is in use again is left out, and forgotten with the rest.
SELECT id, prefix, NOT reference_image_in_use(owner_user_id, prefix) AS unused
FROM object_removals
WHERE due_at <= clock_timestamp()
ORDER BY due_at
LIMIT %(limit)s;
