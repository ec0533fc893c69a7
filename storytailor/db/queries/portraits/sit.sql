-- Whether the caller is to draw this portrait: nobody else does just now, or did and has taken too long. Of a character who is
-- gone there is no row: nobody draws them. One who is being deleted just now is waited for, and then gone.
WITH sitter AS (
    SELECT id FROM characters WHERE id = %(character_id)s FOR KEY SHARE
), mine AS (
    INSERT INTO portrait_sittings AS sitting (character_id, sheet_hash, ends_at)
    SELECT id, %(sheet_hash)s, clock_timestamp() + make_interval(secs => %(seconds)s) FROM sitter
    ON CONFLICT (character_id, sheet_hash) DO UPDATE SET ends_at = excluded.ends_at
        WHERE sitting.ends_at <= clock_timestamp()
    RETURNING character_id
)
SELECT EXISTS (SELECT FROM mine) FROM sitter;
