-- The portrait is kept, or could not be drawn: who waits need wait no longer.
DELETE FROM portrait_sittings WHERE character_id = %(character_id)s AND sheet_hash = %(sheet_hash)s;
