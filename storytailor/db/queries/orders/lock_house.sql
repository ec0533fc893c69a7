-- One order at a time is compared with what the house may still spend, until its transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('storytailor.daily_budget', 0));
