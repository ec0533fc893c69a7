-- What Prometheus counts, kept where it happens: a row a measurement, folded into sums by the sweep. Sums of both only
-- ever grow, whichever process is asked, however often any was restarted, and whatever was deleted meanwhile. Measurements
-- are inserted and never updated by whoever works, so that no two writes wait for each other over a count.
--   asset    how long its making took, by stage (the asset) and outcome (ready, failed), from its first try
--   story    how long its family waited, by stage (all, text) and outcome (ready, partial, failed, cancelled); the first
--            time only, not when it is made again
--   lease    one that was lost: its worker did not renew it
--   dollars  what providers were paid
CREATE TABLE measurements (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    metric   TEXT NOT NULL,
    stage    TEXT NOT NULL DEFAULT '',
    outcome  TEXT NOT NULL DEFAULT '',
    amount   DOUBLE PRECISION NOT NULL,
    lease    UUID UNIQUE,  -- of a lost one, which several jobs lose
    at       TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON measurements (metric, at);
CREATE TABLE measured (
    metric   TEXT NOT NULL,
    stage    TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    bucket   DOUBLE PRECISION NOT NULL,  -- the smallest bound that is not less than the amount
    times    BIGINT NOT NULL,
    total    DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (metric, stage, outcome, bucket)
);
ALTER TABLE measurements ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE measured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON measurements TO storytailor_maker USING (true) WITH CHECK (true);
CREATE POLICY makers ON measured TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON measurements, measured TO storytailor_maker;

-- Seconds. OBJECTIVE_SECONDS is one of them; a test compares.
CREATE FUNCTION duration_bucket(seconds DOUBLE PRECISION) RETURNS DOUBLE PRECISION
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce(
    (SELECT min(bound) FROM unnest(ARRAY[1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1800, 3600]
                                   ::double precision[]) AS bound WHERE bound >= seconds), 'Infinity');

CREATE FUNCTION measure_asset() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO measurements (metric, stage, outcome, amount)
    VALUES ('asset', NEW.asset_type, NEW.status, greatest(0, extract(epoch FROM clock_timestamp() - OLD.started_at)));
    RETURN NULL;
END $$;
CREATE TRIGGER measure_asset AFTER UPDATE OF status ON asset_generation_jobs FOR EACH ROW
    WHEN (OLD.started_at IS NOT NULL AND OLD.status IN ('queued', 'generating') AND NEW.status IN ('ready', 'failed')
          AND NEW.blocked_by IS NULL)
    EXECUTE FUNCTION measure_asset();

CREATE FUNCTION measure_lost_lease() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.lease_expires_at < clock_timestamp() THEN
        INSERT INTO measurements (metric, amount, lease) VALUES ('lease', 1, OLD.lease_token) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER measure_lost_lease AFTER UPDATE OF lease_token ON asset_generation_jobs FOR EACH ROW
    WHEN (OLD.lease_token IS NOT NULL AND OLD.begun_at IS NOT NULL AND NEW.lease_token IS NULL
          AND NEW.status IN ('queued', 'failed'))
    EXECUTE FUNCTION measure_lost_lease();

-- A story's own order is measured once: what is ordered or made again afterwards is no story that somebody waits for.
ALTER TABLE story_orders ADD COLUMN measured BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE story_orders ALTER COLUMN measured SET DEFAULT false;

CREATE FUNCTION measure_story() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    states JSONB := NEW.asset_generation_status->'assets';
    asked_at TIMESTAMPTZ;
BEGIN
    UPDATE story_orders SET measured = true WHERE story_id = NEW.id AND kind = 'story' AND NOT measured
        RETURNING created_at INTO asked_at;
    IF FOUND THEN
        INSERT INTO measurements (metric, stage, outcome, amount) VALUES (
            'story', CASE WHEN states ? 'cover' THEN 'all' ELSE 'text' END,
            CASE WHEN EXISTS (SELECT FROM jsonb_each(states) AS state
                              WHERE state.value->>'error' IN ('Cancelled.', 'Cancelled by the operator.'))
                 THEN 'cancelled' ELSE NEW.asset_generation_status->>'overall' END,
            extract(epoch FROM clock_timestamp() - asked_at));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER measure_story AFTER UPDATE OF asset_generation_status ON stories FOR EACH ROW
    WHEN (OLD.asset_generation_status->>'overall' = 'generating'
          AND NEW.asset_generation_status->>'overall' <> 'generating')
    EXECUTE FUNCTION measure_story();

CREATE FUNCTION measure_dollars() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO measurements (metric, amount)
    VALUES ('dollars', CASE TG_OP WHEN 'INSERT' THEN NEW.usd ELSE greatest(0, NEW.usd - OLD.usd) END);
    RETURN NULL;
END $$;
CREATE TRIGGER measure_dollars AFTER INSERT OR UPDATE OF usd ON spendings FOR EACH ROW EXECUTE FUNCTION measure_dollars();

-- What /metrics tells of all tenants at once: each bucket's own number, not yet added up.
CREATE FUNCTION measured_so_far() RETURNS TABLE (metric TEXT, stage TEXT, outcome TEXT, bucket DOUBLE PRECISION, times BIGINT,
                                                 total DOUBLE PRECISION)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT metric, stage, outcome, bucket, sum(times)::bigint, sum(total) FROM (
        SELECT * FROM measured
        UNION ALL
        SELECT metric, stage, outcome, duration_bucket(amount), count(*), sum(amount)
        FROM measurements GROUP BY 1, 2, 3, 4
    ) AS all_of_them GROUP BY 1, 2, 3, 4
$$;
-- Of the stories that ended in the last hours, whole ones that nobody cancelled: how many, and how many of them could be
-- read within so many seconds.
CREATE FUNCTION stories_in_time(hours DOUBLE PRECISION, seconds DOUBLE PRECISION) RETURNS TABLE (ended BIGINT, in_time BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*), count(*) FILTER (WHERE outcome IN ('ready', 'partial') AND amount <= seconds)
    FROM measurements
    WHERE metric = 'story' AND stage = 'all' AND outcome <> 'cancelled'
      AND at > clock_timestamp() - make_interval(secs => hours * 3600)
$$;
CREATE FUNCTION held_leases() RETURNS BIGINT
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT lease_token) FROM asset_generation_jobs
    WHERE lease_token IS NOT NULL AND begun_at IS NOT NULL AND status IN ('queued', 'generating')
$$;
REVOKE EXECUTE ON FUNCTION duration_bucket, measure_asset, measure_lost_lease, measure_story, measure_dollars, measured_so_far,
    stories_in_time, held_leases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duration_bucket, measured_so_far, stories_in_time, held_leases TO storytailor_api, storytailor_maker;

-- As in 0002: on a hosted Supabase project visitors get everything by default, and are to have none of this.
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON measurements, measured FROM %I', visitor);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION duration_bucket, measure_asset, measure_lost_lease, measure_story, '
                       'measure_dollars, measured_so_far, stories_in_time, held_leases FROM %I', visitor);
    END LOOP;
END $$;
