-- Of these stories, those of which nothing waits or is being made.
SELECT id FROM unnest(%(stories)s::uuid[]) AS known(id)
WHERE NOT EXISTS (SELECT FROM asset_generation_jobs
                  WHERE story_id = known.id AND status IN ('queued', 'generating'));
