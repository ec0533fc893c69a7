DELETE FROM operator_alerts WHERE cause = %(cause)s;
