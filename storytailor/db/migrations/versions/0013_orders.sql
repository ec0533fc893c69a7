-- Money follows work: what a debit buys, what was delivered of it, and what making it has cost. Decision 14 has the table
-- of the rules.

-- A debit buys a story and a number of remakes, or remakes alone. Those of before bought what the default is now.
ALTER TABLE credit_ledger
    ADD COLUMN buys TEXT NOT NULL DEFAULT 'story' CHECK (buys IN ('story', 'remakes')),
    ADD COLUMN remakes INTEGER NOT NULL DEFAULT 3 CHECK (remakes >= 0);
COMMENT ON COLUMN credit_ledger.remakes IS 'How many remakes this debit buys: REMAKES_PER_STORY as it was then.';
COMMENT ON TABLE credit_ledger IS 'A turn is one debit and one refund at the most: for a story with its remakes, or for further remakes. Outlives its story.';

-- One row for each piece of work that a provider is asked for on a family's behalf.
CREATE TABLE story_orders (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    story_id      UUID NOT NULL,
    turn          INTEGER,
    kind          TEXT NOT NULL CHECK (kind IN ('story', 'remake', 'owed')),
    instead_of    BIGINT REFERENCES story_orders(id) ON DELETE CASCADE,
    assets        TEXT[] NOT NULL,
    expected      JSONB NOT NULL DEFAULT '{}',
    expected_usd  NUMERIC NOT NULL DEFAULT 0,
    used_usd      NUMERIC NOT NULL DEFAULT 0,
    delivered     BOOLEAN NOT NULL DEFAULT false,
    failed        TEXT[] NOT NULL DEFAULT '{}',
    outcome       TEXT CHECK (outcome IN ('kept', 'given_back')),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_at    TIMESTAMPTZ
);
CREATE INDEX idx_orders_story ON story_orders(story_id, id);
CREATE INDEX idx_orders_instead ON story_orders(instead_of) WHERE instead_of IS NOT NULL;
CREATE INDEX idx_orders_open ON story_orders(user_id) WHERE outcome IS NULL;
COMMENT ON TABLE story_orders IS 'Work ordered by a family, from when it is queued until it is kept or given back. Outlives its story, and has no word of it.';
COMMENT ON COLUMN story_orders.turn IS 'The debit that pays for it; NULL for placeholders of a story whose debit was given back.';
COMMENT ON COLUMN story_orders.kind IS 'story: what a debit is for; remake: one of those it buys besides; owed: made again for nothing.';
COMMENT ON COLUMN story_orders.instead_of IS 'The order whose assets an `owed` one makes again.';
COMMENT ON COLUMN story_orders.assets IS 'What of it asks a provider; book files are made from what is there.';
COMMENT ON COLUMN story_orders.expected IS 'US dollars by asset, estimated when it was ordered; empty where a price is not known.';
COMMENT ON COLUMN story_orders.failed IS 'Assets that failed otherwise than by the family''s cancel, and have not been made since.';

-- What making has cost, by story and day (UTC). No foreign key: a worker's write would wait for, and break on, an
-- account that is being deleted.
CREATE TABLE spendings (
    story_id  UUID NOT NULL,
    day       DATE NOT NULL,
    user_id   UUID,
    usd       NUMERIC NOT NULL,
    PRIMARY KEY (story_id, day)
);
CREATE INDEX idx_spendings_day ON spendings(day, user_id) INCLUDE (usd);
COMMENT ON TABLE spendings IS 'Outlives story and account, whose user_id is then NULL: the money is spent.';

ALTER TABLE story_orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON story_orders TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON story_orders TO storytailor_maker;
CREATE POLICY own ON story_orders FOR SELECT TO storytailor_api USING (user_id = (SELECT auth_user_id()));
GRANT SELECT ON story_orders TO storytailor_api;
ALTER TABLE spendings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY makers ON spendings TO storytailor_maker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON spendings TO storytailor_maker;
CREATE POLICY own ON spendings FOR SELECT TO storytailor_api USING (user_id = (SELECT auth_user_id()));
GRANT SELECT ON spendings TO storytailor_api;

-- The catalog says the same, and a test compares the two.
CREATE FUNCTION asks_provider(asset TEXT) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN asset NOT IN ('pdf', 'epub');
CREATE FUNCTION is_required(asset TEXT) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN asset NOT IN ('audio', 'activities', 'pdf', 'epub');
CREATE FUNCTION is_under_way(state JSONB) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN state->>'status' IN ('pending', 'generating', 'retrying');

-- The debits of a story that stand.
CREATE FUNCTION standing_debits(story UUID) RETURNS SETOF credit_ledger
LANGUAGE sql STABLE AS $$
    SELECT debit.* FROM credit_ledger AS debit
    WHERE debit.story_id = story AND debit.kind = 'debit'
      AND NOT EXISTS (SELECT FROM credit_ledger AS refund
                      WHERE refund.story_id = story AND refund.kind = 'refund' AND refund.turn = debit.turn)
$$;

-- Remakes that are left of each debit that stands.
CREATE FUNCTION remakes_left_by_turn(story UUID) RETURNS TABLE (turn INTEGER, remakes INTEGER)
LANGUAGE sql STABLE AS $$
    SELECT debit.turn, debit.remakes - (
        SELECT count(*) FROM story_orders
        WHERE story_orders.story_id = story AND story_orders.turn = debit.turn AND kind = 'remake'
          AND outcome IS DISTINCT FROM 'given_back')::int
    FROM standing_debits(story) AS debit
$$;
CREATE FUNCTION remakes_left(story UUID) RETURNS INTEGER
LANGUAGE sql STABLE AS $$ SELECT coalesce(sum(remakes), 0)::int FROM remakes_left_by_turn(story) $$;

-- What is made again for nothing, and instead of what: placeholders; and what failed otherwise than by the family's
-- cancel under an order that was not given back.
CREATE FUNCTION owed_assets(story UUID) RETURNS TABLE (asset TEXT, instead_of BIGINT, turn INTEGER)
LANGUAGE sql STABLE AS $$
    SELECT state.key, coalesce(made_by.instead_of, made_by.id), made_by.turn
    FROM stories
    CROSS JOIN jsonb_each(asset_generation_status->'assets') AS state
    LEFT JOIN LATERAL (
        SELECT id, kind, story_orders.turn, story_orders.instead_of, failed FROM story_orders
        WHERE story_id = story AND assets @> ARRAY[state.key] AND outcome IS DISTINCT FROM 'given_back'
        ORDER BY id DESC LIMIT 1
    ) AS made_by ON true
    WHERE stories.id = story AND asks_provider(state.key)
      AND (value#>>'{metadata,fallback}' = 'true'
           OR value->>'status' = 'failed' AND (made_by.kind = 'owed' OR state.key = ANY(made_by.failed)))
$$;

-- What making these assets takes: nothing; nothing, since they are owed; a remake; a debit for the story; one for more
-- remakes.
CREATE FUNCTION price_of(story UUID, wanted TEXT[]) RETURNS TEXT
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM unnest(wanted) AS asset WHERE asks_provider(asset)) THEN 'nothing'
        WHEN NOT EXISTS (SELECT FROM unnest(wanted) AS asset WHERE asks_provider(asset)
                         AND asset NOT IN (SELECT owed.asset FROM owed_assets(story) AS owed)) THEN 'owed'
        WHEN NOT EXISTS (SELECT FROM standing_debits(story)) THEN 'story'
        WHEN remakes_left(story) > 0 THEN 'remake'
        ELSE 'remakes' END
$$;

CREATE FUNCTION take_debit(story UUID, payer UUID, paid_with TEXT, bought TEXT, bought_remakes INTEGER)
RETURNS INTEGER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    debit_turn INTEGER;
BEGIN
    INSERT INTO credit_ledger (user_id, story_id, kind, source, turn, buys, remakes)
        SELECT payer, story, 'debit', paid_with, coalesce(max(turn), 0) + 1, bought, bought_remakes
        FROM credit_ledger WHERE story_id = story
        RETURNING turn INTO debit_turn;
    IF paid_with = 'credit' THEN
        UPDATE users SET credits = credits - 1 WHERE id = payer;
    END IF;
    RETURN debit_turn;
END $$;

-- Order these assets of a story of one's own, and pay for them: `paid_with` is what a debit would be taken from,
-- `remakes` how many it buys, `costs` what each asset is expected to cost. Returns the price.
CREATE FUNCTION order_assets(story UUID, wanted TEXT[], paid_with TEXT, bought_remakes INTEGER, costs JSONB)
RETURNS TEXT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    payer UUID;
    price TEXT := price_of(story, wanted);
    paying_turn INTEGER;
    paid TEXT[] := array(SELECT DISTINCT asset FROM unnest(wanted) AS asset WHERE asks_provider(asset));
BEGIN
    SELECT creator_user_id INTO STRICT payer FROM stories WHERE id = story AND creator_user_id = auth_user_id();
    IF price IN ('nothing', 'owed') THEN
        INSERT INTO story_orders (user_id, story_id, turn, kind, instead_of, assets, expected, expected_usd)
            SELECT payer, story, owed.turn, 'owed', owed.instead_of, array_agg(asset),
                   coalesce(jsonb_object_agg(asset, costs->asset) FILTER (WHERE costs ? asset), '{}'),
                   coalesce(sum((costs->>asset)::numeric), 0)
            FROM owed_assets(story) AS owed WHERE asset = ANY(paid)
            GROUP BY owed.instead_of, owed.turn;
        RETURN price;
    END IF;
    IF price = 'remake' THEN
        SELECT turn INTO STRICT paying_turn FROM remakes_left_by_turn(story) AS of_turn
        WHERE of_turn.remakes > 0 ORDER BY turn LIMIT 1;
    ELSIF price = 'story' THEN
        paying_turn := take_debit(story, payer, paid_with, 'story', bought_remakes);
    ELSE  -- what is asked for now is the first of them
        paying_turn := take_debit(story, payer, paid_with, 'remakes', greatest(bought_remakes, 1));
    END IF;
    INSERT INTO story_orders (user_id, story_id, turn, kind, assets, expected, expected_usd)
        SELECT payer, story, paying_turn, CASE price WHEN 'story' THEN 'story' ELSE 'remake' END, paid,
               coalesce(jsonb_object_agg(asset, costs->asset) FILTER (WHERE costs ? asset), '{}'),
               coalesce(sum((costs->>asset)::numeric), 0)
        FROM unnest(paid) AS asset;
    RETURN price;
END $$;

-- For the version before this one, which pays for a story and knows no orders.
CREATE OR REPLACE FUNCTION pay_for_story(story UUID, paid_with TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    payer UUID;
BEGIN
    SELECT creator_user_id INTO STRICT payer FROM stories WHERE id = story AND creator_user_id = auth_user_id();
    INSERT INTO story_orders (user_id, story_id, turn, kind, assets)
        SELECT payer, story, take_debit(story, payer, paid_with, 'story', 3), 'story',
               array(SELECT key FROM stories, jsonb_object_keys(asset_generation_status->'assets') AS key
                     WHERE id = story AND asks_provider(key));
END $$;

-- Give a debit back, once, with all that was ordered on it. Nobody is left to give it to when the account is being
-- deleted.
CREATE FUNCTION give_back(story UUID, debit_turn INTEGER) RETURNS VOID
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    refunded credit_ledger%ROWTYPE;
BEGIN
    UPDATE story_orders SET outcome = 'given_back', settled_at = coalesce(settled_at, now())
    WHERE story_id = story AND turn = debit_turn;
    INSERT INTO credit_ledger (user_id, story_id, kind, source, turn, buys, remakes)
        SELECT user_id, story_id, 'refund', source, turn, buys, remakes FROM credit_ledger
        WHERE story_id = story AND turn = debit_turn AND kind = 'debit'
          AND EXISTS (SELECT FROM users WHERE id = credit_ledger.user_id)
        ON CONFLICT (story_id, kind, turn) DO NOTHING
        RETURNING * INTO refunded;
    IF refunded.source = 'credit' THEN
        UPDATE users SET credits = credits + 1 WHERE id = refunded.user_id;
    END IF;
END $$;

-- End the orders of a story that have nothing under way any more: `states` is where each asset stands, `readable`
-- whether the story could ever be read.
--   A remake that delivered nothing is given back; its debit too, when all that was ordered on that is.
--   A story's debit is given back while nothing was delivered on it, and once, delivered in part or not, when what the
--   story cannot do without failed otherwise than by the family's cancel.
CREATE FUNCTION settle_orders(story UUID, states JSONB, readable BOOLEAN) RETURNS VOID
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    ended story_orders%ROWTYPE;
BEGIN
    FOR ended IN
        SELECT * FROM story_orders WHERE story_id = story AND outcome IS NULL
        ORDER BY kind = 'story', id  -- remakes first: a story waits for those of its debit
        FOR UPDATE
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM unnest(ended.assets) AS asset WHERE is_under_way(states->asset));
        IF ended.kind = 'remake' AND NOT ended.delivered THEN
            UPDATE story_orders SET outcome = 'given_back', settled_at = now()
            WHERE id = ended.id AND outcome IS NULL OR instead_of = ended.id;
            IF NOT EXISTS (SELECT FROM story_orders WHERE story_id = story AND turn = ended.turn
                                                      AND outcome IS DISTINCT FROM 'given_back')
               AND EXISTS (SELECT FROM standing_debits(story) WHERE turn = ended.turn AND buys = 'remakes') THEN
                PERFORM give_back(story, ended.turn);
            END IF;
        ELSIF ended.kind = 'story' THEN
            CONTINUE WHEN EXISTS (SELECT FROM story_orders WHERE story_id = story AND turn = ended.turn
                                                             AND outcome IS NULL AND id <> ended.id);
            IF NOT EXISTS (SELECT FROM story_orders WHERE story_id = story AND turn = ended.turn AND delivered)
               OR NOT readable
                  AND EXISTS (SELECT FROM unnest(ended.failed) AS asset
                              WHERE is_required(asset) AND states->asset->>'status' = 'failed')
                  AND NOT EXISTS (SELECT FROM story_orders WHERE story_id = story AND kind = 'story' AND delivered
                                                             AND outcome = 'given_back') THEN
                PERFORM give_back(story, ended.turn);
            ELSE
                UPDATE story_orders SET outcome = 'kept', settled_at = now() WHERE id = ended.id AND outcome IS NULL;
            END IF;
        ELSE
            UPDATE story_orders SET outcome = 'kept', settled_at = now() WHERE id = ended.id AND outcome IS NULL;
        END IF;
    END LOOP;
END $$;

-- Write down what became of a story's assets: to the order that each is made for, and to what that makes up for.
CREATE FUNCTION note_in_orders(story UUID, made TEXT[], failed_by_themselves TEXT[]) RETURNS VOID
LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH making AS (
        SELECT asset, max(id) AS id
        FROM unnest(made || failed_by_themselves) AS asset
        JOIN story_orders ON story_id = story AND assets @> ARRAY[asset]
        GROUP BY asset
    ), became AS (
        SELECT id, asset, asset = ANY(made) AS is_made FROM making
        UNION ALL
        SELECT instead_of, asset, true FROM making JOIN story_orders USING (id)
        WHERE asset = ANY(made) AND instead_of IS NOT NULL
    ), noted AS (
        SELECT id, array_agg(asset) FILTER (WHERE is_made) AS now_made,
               array_agg(asset) FILTER (WHERE NOT is_made) AS now_failed
        FROM became GROUP BY id
    )
    UPDATE story_orders
    SET delivered = delivered OR outcome IS NULL AND now_made IS NOT NULL,
        failed = array(SELECT unnest(failed) EXCEPT SELECT unnest(now_made) UNION SELECT unnest(now_failed))
    FROM noted WHERE story_orders.id = noted.id
$$;

-- Add to what a story has cost today.
CREATE FUNCTION spend(story UUID, payer UUID, amount NUMERIC) RETURNS VOID
LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO spendings AS before (story_id, day, user_id, usd)
        SELECT story, (now() AT TIME ZONE 'UTC')::date, (SELECT id FROM users WHERE id = payer), amount WHERE amount > 0
    ON CONFLICT (story_id, day) DO UPDATE SET usd = before.usd + excluded.usd
$$;

-- What was being made when the family stopped it has been asked of a provider, and will not be counted any more: what
-- it was expected to cost counts as spent.
CREATE FUNCTION spend_on_stopped(story UUID, payer UUID, stopped TEXT[]) RETURNS VOID
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    amount NUMERIC;
BEGIN
    WITH begun AS (
        SELECT id, least(greatest(expected_usd - used_usd, 0), usd) AS usd
        FROM story_orders JOIN (
            SELECT making.id, sum((expected->>asset)::numeric) AS usd
            FROM (SELECT asset, max(id) AS id FROM unnest(stopped) AS asset
                  JOIN story_orders ON story_id = story AND assets @> ARRAY[asset] GROUP BY asset) AS making
            JOIN story_orders USING (id) GROUP BY making.id) AS stopped_in USING (id)
        WHERE outcome IS NULL
    ), counted AS (
        UPDATE story_orders SET used_usd = used_usd + begun.usd FROM begun WHERE story_orders.id = begun.id AND usd > 0
    )
    SELECT sum(usd) INTO amount FROM begun;
    PERFORM spend(story, payer, amount);
END $$;

-- Whoever writes a story, its orders and spendings follow. Who acts for a user (`auth_user_id`) is the family.
CREATE FUNCTION account_for_story() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before JSONB := OLD.asset_generation_status->'assets';
    by_family BOOLEAN := auth_user_id() IS NOT NULL;
    states JSONB := CASE WHEN TG_OP = 'UPDATE' THEN NEW.asset_generation_status->'assets' ELSE '{}' END;
    used JSONB := CASE WHEN TG_OP = 'UPDATE' THEN NEW.usage ELSE OLD.usage END;
    made TEXT[];
    failed TEXT[];
    asset TEXT;
    cost NUMERIC;
BEGIN
    IF used IS DISTINCT FROM OLD.usage THEN
        FOR asset, cost IN
            SELECT key, coalesce((value->>'cost_usd')::numeric, 0) - coalesce((OLD.usage#>>ARRAY[key, 'cost_usd'])::numeric, 0)
            FROM jsonb_each(used) WHERE value IS DISTINCT FROM OLD.usage->key
        LOOP
            PERFORM spend(OLD.id, OLD.creator_user_id, cost);
            UPDATE story_orders SET used_usd = used_usd + greatest(cost, 0)
            WHERE id = (SELECT max(id) FROM story_orders WHERE story_id = OLD.id AND assets @> ARRAY[asset])
              AND outcome IS NULL;
        END LOOP;
    END IF;
    IF before = states THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(key) FILTER (WHERE states->key->>'status' = 'ready'),
           array_agg(key) FILTER (WHERE NOT states ? key OR states->key->>'status' = 'failed')
        INTO made, failed
        FROM jsonb_each(before)
        WHERE asks_provider(key) AND value->>'status' IS DISTINCT FROM states->key->>'status'
          AND (states ? key OR is_under_way(value));
    IF made IS NULL AND failed IS NULL AND TG_OP = 'UPDATE' THEN
        RETURN NULL;
    END IF;
    IF by_family THEN
        PERFORM spend_on_stopped(OLD.id, OLD.creator_user_id, array(
            SELECT name FROM unnest(failed) AS name WHERE before->name->>'status' IN ('generating', 'retrying')));
        failed := '{}';
    END IF;
    PERFORM note_in_orders(OLD.id, coalesce(made, '{}'), coalesce(failed, '{}'));
    IF TG_OP = 'DELETE' THEN  -- what was under way ends with it
        SELECT jsonb_object_agg(key, CASE WHEN is_under_way(value) THEN '{"status": "failed"}' ELSE value END)
            INTO states FROM jsonb_each(before);
    END IF;
    PERFORM settle_orders(OLD.id, states, OLD.delivered_at IS NOT NULL
                                          OR TG_OP = 'UPDATE' AND NEW.delivered_at IS NOT NULL);
    RETURN NULL;
END $$;
DROP TRIGGER refund_failed_story ON stories;
DROP FUNCTION refund_failed_story();
CREATE TRIGGER account_for_story AFTER UPDATE OF asset_generation_status, usage ON stories
    FOR EACH ROW WHEN (NEW.asset_generation_status IS DISTINCT FROM OLD.asset_generation_status
                       OR NEW.usage IS DISTINCT FROM OLD.usage)
    EXECUTE FUNCTION account_for_story();
CREATE TRIGGER account_for_deleted_story AFTER DELETE ON stories
    FOR EACH ROW EXECUTE FUNCTION account_for_story();

-- An account leaves what was spent for it, and not that it was for it.
CREATE FUNCTION forget_who_spent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE spendings SET user_id = NULL WHERE user_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_who_spent AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION forget_who_spent();

-- What was spent today (UTC) and what is still expected of work under way: a user's own, or with NULL the house's.
-- `seconds_left` until the day is over.
CREATE FUNCTION spending_today(whose UUID)
RETURNS TABLE (spent DOUBLE PRECISION, under_way DOUBLE PRECISION, seconds_left INTEGER)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT coalesce(sum(usd), 0) FROM spendings
            WHERE day = (clock_timestamp() AT TIME ZONE 'UTC')::date AND (whose IS NULL OR user_id = whose))::float8,
           (SELECT coalesce(sum(greatest(expected_usd - used_usd, 0)), 0) FROM story_orders
            WHERE outcome IS NULL AND (whose IS NULL OR user_id = whose))::float8,
           ceil(extract(epoch FROM date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') + interval '1 day'
                                   - (clock_timestamp() AT TIME ZONE 'UTC')))::int
    WHERE whose IS NULL OR whose = auth_user_id()
$$;

REVOKE EXECUTE ON FUNCTION take_debit, order_assets, give_back, settle_orders, note_in_orders, spend, spend_on_stopped,
    forget_who_spent, account_for_story, spending_today, standing_debits, remakes_left_by_turn, remakes_left, owed_assets,
    price_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION order_assets, spending_today, standing_debits, remakes_left_by_turn, remakes_left, owed_assets,
    price_of TO storytailor_api, storytailor_maker;

-- Stories of before: what their debits have bought so far. What failed in them was, unless cancelled, not the family's doing.
INSERT INTO story_orders (user_id, story_id, turn, kind, assets, delivered, failed, outcome, created_at, settled_at)
SELECT debit.user_id, stories.id, debit.turn, 'story',
       array(SELECT key FROM jsonb_object_keys(asset_generation_status->'assets') AS key WHERE asks_provider(key)),
       EXISTS (SELECT FROM jsonb_each(asset_generation_status->'assets') AS state
               WHERE asks_provider(state.key) AND state.value->>'status' = 'ready'),
       array(SELECT key FROM jsonb_each(asset_generation_status->'assets') AS state
             WHERE asks_provider(key) AND value->>'status' = 'failed' AND value->>'error' IS DISTINCT FROM 'Cancelled.'),
       CASE WHEN asset_generation_status->>'overall' <> 'generating' THEN 'kept' END, stories.created_at,
       CASE WHEN asset_generation_status->>'overall' <> 'generating' THEN now() END
FROM stories, standing_debits(stories.id) AS debit;
