-- One look notes failures at a time, so that each sees what the one before has counted.
SELECT pg_advisory_xact_lock(hashtext('storytailor alerts'), hashtext('note failures'))::text;
