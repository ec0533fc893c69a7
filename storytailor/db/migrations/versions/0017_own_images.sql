-- The API writes keys of reference images, and what it writes is drawn from, shown and deleted in the owner's name. A
-- statement smuggled in as its role could name another family's photo. So such a key is refused where it is written,
-- and passed over where it is deleted.

-- Whether the key is of a character or a story of somebody else. One whose row is gone is nobody's.
CREATE FUNCTION is_of_another_tenant(owner UUID, key TEXT) RETURNS BOOLEAN
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH named AS (SELECT substring(key FROM '^[a-z]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/')::uuid AS id)
    SELECT EXISTS (SELECT FROM named JOIN characters USING (id) WHERE owner_user_id <> owner)
        OR EXISTS (SELECT FROM named JOIN stories USING (id) WHERE creator_user_id <> owner)
$$;

-- Whether a key is of one reference image that is the owner's to delete: one file under a character, not a folder of
-- them, and not somebody else's.
CREATE FUNCTION is_own_reference_image(owner UUID, key TEXT) RETURNS BOOLEAN
LANGUAGE sql STABLE
RETURN key ~ '^characters/[^/]+/reference-[0-9a-f]{12}\.[a-z]+$' AND NOT is_of_another_tenant(owner, key);

CREATE FUNCTION refuse_others_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    owner UUID;
    keys TEXT[];
BEGIN
    IF TG_TABLE_NAME = 'characters' THEN
        owner := NEW.owner_user_id;
        keys := NEW.reference_images;
    ELSE
        owner := NEW.creator_user_id;
        keys := array(SELECT jsonb_path_query(NEW.brief, 'lax $.characters[*].reference_images[*]') #>> '{}');
    END IF;
    IF EXISTS (SELECT FROM unnest(keys) AS key
               WHERE key !~ '^characters/([0-9a-z-]+/)?[0-9a-z][0-9a-z.-]*$' OR is_of_another_tenant(owner, key)) THEN
        RAISE EXCEPTION 'a reference image is none of the tenant who names it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_others_images BEFORE INSERT OR UPDATE OF reference_images ON characters
    FOR EACH ROW EXECUTE FUNCTION refuse_others_images();
CREATE TRIGGER refuse_others_images BEFORE INSERT OR UPDATE OF brief ON stories
    FOR EACH ROW EXECUTE FUNCTION refuse_others_images();

REVOKE EXECUTE ON FUNCTION is_of_another_tenant, is_own_reference_image, refuse_others_images FROM PUBLIC;

-- As in 0014, but for the condition.
CREATE OR REPLACE FUNCTION remove_story_objects() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO object_removals (owner_user_id, prefix, due_at, again_at)
        SELECT OLD.creator_user_id, format('stories/%s/', OLD.id), now(), now() + interval '1 hour'
        UNION
        SELECT OLD.creator_user_id, key, now(), now() + interval '1 hour'
        FROM jsonb_path_query(OLD.brief, 'lax $.characters[*].reference_images[*]') AS image,
             LATERAL (SELECT image #>> '{}') AS named(key)
        WHERE is_own_reference_image(OLD.creator_user_id, key);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION remove_reference_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO object_removals (owner_user_id, prefix, due_at, again_at)
        SELECT OLD.owner_user_id, key, now(), now() + interval '1 hour' FROM unnest(OLD.reference_images) AS key
        WHERE (TG_OP = 'DELETE' OR key <> ALL (NEW.reference_images))
          AND is_own_reference_image(OLD.owner_user_id, key)
        UNION ALL
        SELECT OLD.owner_user_id, format('characters/%s/portrait-', OLD.id), now(), now() + interval '1 hour'
        WHERE TG_OP = 'DELETE';
    RETURN NULL;
END $$;
