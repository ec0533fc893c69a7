-- Lines that no message was claimed from for two days: every wait between attempts is shorter.
DELETE FROM webhook_lines WHERE served_at < clock_timestamp() - interval '2 days';
