-- For this transaction: Dagster's tables are in a schema of their own, or where an earlier version put them.
SELECT set_config('search_path', 'dagster, public', true);
