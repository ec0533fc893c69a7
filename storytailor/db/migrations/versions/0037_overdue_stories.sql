-- Whole stories of all tenants that were asked for longer ago than so many seconds and are still being made: in an outage
-- none ends, so they miss the objective before they are measured.
CREATE FUNCTION overdue_stories(seconds DOUBLE PRECISION) RETURNS BIGINT
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)
    FROM story_orders JOIN stories ON stories.id = story_orders.story_id
    WHERE story_orders.outcome IS NULL AND story_orders.kind = 'story' AND NOT story_orders.measured
      AND story_orders.created_at < clock_timestamp() - make_interval(secs => seconds)
      AND stories.asset_generation_status->'assets' ? 'cover'
$$;
REVOKE EXECUTE ON FUNCTION overdue_stories FROM PUBLIC;
GRANT EXECUTE ON FUNCTION overdue_stories TO storytailor_api, storytailor_maker;

-- As in 0002: on a hosted Supabase project visitors get everything by default, and are to have none of this.
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION overdue_stories FROM %I', visitor);
    END LOOP;
END $$;
