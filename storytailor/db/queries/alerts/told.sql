UPDATE operator_alerts SET told_at = clock_timestamp(), stories = 0, telling_until = NULL WHERE cause = %(cause)s;
