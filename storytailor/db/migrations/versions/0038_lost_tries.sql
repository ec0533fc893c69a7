-- What a worker was making when it died, or had to give it back, has been asked of a provider as well: what it was expected to
-- cost counts as spent, as of what a family stops. Else a day on which workers die would cost more than its budget.
CREATE OR REPLACE FUNCTION account_for_story() RETURNS trigger
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
    PERFORM spend_on_stopped(OLD.id, OLD.creator_user_id, array(
        SELECT key FROM jsonb_each(before)
        WHERE asks_provider(key) AND value->>'status' = 'generating' AND states->key->>'status' = 'pending'));
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
