-- What a list shows of each story; its text and the timings of its words come with the story itself.
SELECT id, library_id, creator_user_id, title, status, asset_generation_status,
    asset_generation_started_at, asset_generation_completed_at, brief, revision, created_at, updated_at
FROM stories
WHERE creator_user_id = %(user_id)s
  AND (%(status)s::text IS NULL OR status = %(status)s)
  AND (%(before_id)s::uuid IS NULL OR (created_at, id) < (%(before_created_at)s::timestamptz, %(before_id)s::uuid))
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s;
