-- A story may be read by whoever has its link. The link's token follows from the salt and a key of the API's: the table
-- alone opens nothing, and the owner can be given the same link again.

CREATE TABLE story_shares (
    story_id       UUID PRIMARY KEY REFERENCES stories(id) ON DELETE CASCADE,
    owner_user_id  UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    salt           BYTEA NOT NULL CHECK (octet_length(salt) = 32),
    token_hash     BYTEA NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_shares_owner ON story_shares(owner_user_id);
COMMENT ON TABLE story_shares IS 'No row: the story is its owner''s alone. A link that was taken back is never valid again.';
COMMENT ON COLUMN story_shares.token_hash IS 'SHA-256 of the token in the link.';
ALTER TABLE story_shares ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON story_shares TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON story_shares TO storytailor_maker;
CREATE POLICY own ON story_shares TO storytailor_api
    USING (owner_user_id = (SELECT auth_user_id()))
    WITH CHECK (owner_user_id = (SELECT auth_user_id())
        AND EXISTS (SELECT FROM stories WHERE stories.id = story_id
                                          AND stories.creator_user_id = (SELECT auth_user_id())));
GRANT SELECT, INSERT (story_id, owner_user_id, salt, token_hash), DELETE ON story_shares TO storytailor_api;

-- Whose story a link opens: all that can be asked without naming a user, and only by who has the token.
CREATE FUNCTION shared_story(hash BYTEA) RETURNS TABLE (story_id UUID, owner_user_id UUID)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT story_id, owner_user_id FROM story_shares WHERE token_hash = hash
$$;
REVOKE EXECUTE ON FUNCTION shared_story FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shared_story TO storytailor_api, storytailor_maker;
