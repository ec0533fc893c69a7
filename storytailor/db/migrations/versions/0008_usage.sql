-- What making a story used: `stories.usage` sums every try of an asset, also those that failed, and every remake.
-- No row is touched: what was kept before is the last try's, and further tries are added to it.
COMMENT ON COLUMN stories.usage IS
    'What each asset used in all its tries: {cover: {models: {<id>: {calls, input_tokens, …}}, cost_usd}, …}. cost_usd is null where a price is not known.';

-- `usage` with the usage of one more try of an asset: counts are summed by model, and so is the cost. A cost that is
-- not known makes the sum unknown. NULL, from a try that asked no model, adds nothing.
CREATE FUNCTION add_usage(usage JSONB, asset TEXT, try JSONB) RETURNS JSONB
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN try IS NULL THEN usage ELSE usage || jsonb_build_object(asset, jsonb_build_object(
    'models', (
        SELECT jsonb_object_agg(model, counts) FROM (
            SELECT model, jsonb_object_agg(what, amount) AS counts FROM (
                SELECT model, what, sum(amount::numeric) AS amount
                FROM (
                    SELECT * FROM jsonb_each(usage#>ARRAY[asset, 'models'])
                    UNION ALL SELECT * FROM jsonb_each(try->'models')
                ) AS models(model, counts), jsonb_each_text(counts) AS counted(what, amount)
                GROUP BY model, what
            ) AS summed GROUP BY model
        ) AS by_model),
    'cost_usd', CASE WHEN usage ? asset THEN (usage#>>ARRAY[asset, 'cost_usd'])::numeric ELSE 0 END
                + (try->>'cost_usd')::numeric)) END;

-- What a story will cost depends on who has a portrait: its owner may see that, and nobody else.
CREATE POLICY own ON portraits FOR SELECT TO storytailor_api
    USING (EXISTS (SELECT FROM characters WHERE characters.id = character_id
                                            AND characters.owner_user_id = (SELECT auth_user_id())));
GRANT SELECT (character_id, sheet_hash) ON portraits TO storytailor_api;
