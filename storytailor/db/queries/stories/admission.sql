-- What a new story would be refused for without asking anybody, and whom it is about: in one statement, and with nothing
-- locked, since a hundred requests of one user may be judged at once. `stories/create` and what is beside it hold it all.
SELECT users.tier, users.credits, used.of_tier AS used_of_tier, used.of_credits AS used_credits,
       CASE WHEN %(limit)s::int IS NULL THEN NULL ELSE create_wait(users.id, %(limit)s, true) END AS wait,
       EXISTS (SELECT FROM libraries
               WHERE owner_user_id = users.id AND id = coalesce(%(library_id)s::uuid, id)) AS has_library,
       (SELECT coalesce(jsonb_agg(to_jsonb(asked)), '[]')
        FROM (SELECT id, name, age, species, appearance, traits, reference_images
              FROM characters WHERE owner_user_id = users.id AND id = ANY(%(ids)s)) AS asked) AS characters
FROM users CROSS JOIN stories_used(users.id) AS used
WHERE users.id = %(user_id)s;
