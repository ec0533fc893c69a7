-- A reference image is stored first and shown afterwards. An API that dies in between would leave a child's photo that no
-- row knows, and so nobody ever deletes. It is written down beforehand, as a story's files are: if no character shows it
-- in an hour, it is deleted.

-- Whoever the API acts for is about to store this picture. Nobody can have somebody else's deleted by it.
CREATE FUNCTION expect_upload(key TEXT) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT is_own_reference_image(auth_user_id(), key) THEN
        RAISE EXCEPTION 'a reference image is none of the tenant who names it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO object_removals (owner_user_id, prefix) VALUES (auth_user_id(), key);
END $$;
REVOKE EXECUTE ON FUNCTION expect_upload FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expect_upload TO storytailor_api;
