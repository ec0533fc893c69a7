-- Of these stories, those that do not exist any more.
SELECT id FROM unnest(%(ids)s::uuid[]) AS known(id)
 WHERE NOT EXISTS (SELECT FROM stories WHERE stories.id = known.id);
