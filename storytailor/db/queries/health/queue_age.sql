-- How long the longest-waiting unclaimed job has waited; NULL when none waits.
SELECT oldest_queued_seconds() AS seconds;
