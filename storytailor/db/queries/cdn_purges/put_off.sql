-- It was not taken: due again after 1, 2, 4 … minutes, an hour at the most, for as long as it takes.
UPDATE cdn_purges
SET attempts = attempts + 1, last_error = %(reason)s,
    due_at = clock_timestamp() + least(interval '1 minute' * 2 ^ least(attempts, 6), interval '1 hour')
WHERE id = ANY(%(ids)s);
