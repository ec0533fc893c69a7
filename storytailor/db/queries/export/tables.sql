-- What the API may see of a family's rows: tables with a policy for their owner, and the columns granted of each. New ones are
-- among them by themselves. Left out is what opens something for whoever holds it.
SELECT table_name::text AS name, array_agg(column_name::text ORDER BY column_name) AS columns
FROM information_schema.column_privileges
WHERE grantee = 'storytailor_api' AND privilege_type = 'SELECT' AND table_schema = 'public'
  AND table_name IN (SELECT tablename FROM pg_policies WHERE policyname = 'own' AND 'storytailor_api' = ANY (roles))
  AND table_name NOT IN ('stories', 'asset_generation_jobs', 'characters', 'portraits')
  AND column_name !~ 'secret|token|hash'
GROUP BY 1 ORDER BY 1;
