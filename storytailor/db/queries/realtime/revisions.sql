-- The user's newest stories, or of these ids those that are the user's, each with its revision.
SELECT id, revision, created_at
FROM stories
WHERE creator_user_id = %(user_id)s AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s::uuid[]))
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s;
