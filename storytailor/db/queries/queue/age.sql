-- Whose turn the work under this lease is: its most urgent job's rank, and since when its oldest job is wanted.
SELECT min(priority_rank(priority))::int AS rank, min(created_at) AS since FROM asset_generation_jobs
WHERE lease_token = %(token)s
HAVING count(*) > 0;
