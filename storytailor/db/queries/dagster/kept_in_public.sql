-- Whether an earlier version, or Dagster by itself, has put its tables into `public`.
SELECT to_regclass('public.event_logs') IS NOT NULL AND to_regclass('public.asset_keys') IS NOT NULL
   AND to_regclass('public.daemon_heartbeats') IS NOT NULL AS kept_in_public;
