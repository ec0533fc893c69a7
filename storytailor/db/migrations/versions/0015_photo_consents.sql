-- No picture of somebody is taken without somebody's word that it may be used; the word is kept as long as the picture.

CREATE TABLE photo_consents (
    owner_user_id  UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    image_key      TEXT NOT NULL,
    wording        TEXT NOT NULL,
    given_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_user_id, image_key)
);
COMMENT ON TABLE photo_consents IS 'A fact: written once with the picture, never changed, gone with it. Pictures from before this table have none.';
COMMENT ON COLUMN photo_consents.owner_user_id IS 'Who confirmed it: whose token the picture came with.';
COMMENT ON COLUMN photo_consents.image_key IS 'The reference image, as in characters.reference_images and stories.brief.';
COMMENT ON COLUMN photo_consents.wording IS 'The version of the words that were confirmed.';
ALTER TABLE photo_consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON photo_consents TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON photo_consents TO storytailor_maker;
CREATE POLICY own ON photo_consents TO storytailor_api
    USING (owner_user_id = (SELECT auth_user_id()))
    WITH CHECK (owner_user_id = (SELECT auth_user_id())
        AND EXISTS (SELECT FROM characters WHERE characters.owner_user_id = (SELECT auth_user_id())
                                             AND image_key = ANY (reference_images)));
GRANT SELECT, INSERT (owner_user_id, image_key, wording) ON photo_consents TO storytailor_api;

-- The consents to these pictures, oldest first, as a character shows them.
CREATE FUNCTION photo_consents_of(owner UUID, images TEXT[]) RETURNS JSONB
LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('image_key', image_key, 'given_by', owner_user_id,
                                                 'given_at', given_at, 'wording', wording)
                              ORDER BY given_at, image_key), '[]')
    FROM photo_consents WHERE owner_user_id = owner AND image_key = ANY (images)
);

-- A consent goes with the last character or story that has the picture, by whoever's hand.
CREATE FUNCTION forget_consents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    owner UUID;
    images TEXT[];
BEGIN
    IF TG_TABLE_NAME = 'stories' THEN
        owner := OLD.creator_user_id;
        images := array(SELECT jsonb_array_elements_text(jsonb_path_query(OLD.brief, '$.characters[*].reference_images')));
    ELSE
        owner := OLD.owner_user_id;
        images := OLD.reference_images;
    END IF;
    DELETE FROM photo_consents
        WHERE owner_user_id = owner AND image_key = ANY (images) AND NOT reference_image_in_use(owner, image_key);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_consents AFTER DELETE ON stories FOR EACH ROW EXECUTE FUNCTION forget_consents();
CREATE TRIGGER forget_consents AFTER DELETE OR UPDATE OF reference_images ON characters
    FOR EACH ROW EXECUTE FUNCTION forget_consents();

REVOKE EXECUTE ON FUNCTION photo_consents_of, forget_consents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION photo_consents_of TO storytailor_api, storytailor_maker;
