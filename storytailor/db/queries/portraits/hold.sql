-- It is still being drawn.
UPDATE portrait_sittings SET ends_at = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE character_id = %(character_id)s AND sheet_hash = %(sheet_hash)s;
