-- The announcement of a story's change says whose it is, so that only its owner's subscribers are woken.
CREATE OR REPLACE FUNCTION announce_story_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('story_changed',
        coalesce(NEW.id, OLD.id)::text || ' ' || coalesce(NEW.creator_user_id, OLD.creator_user_id)::text);
    RETURN NULL;
END $$;
