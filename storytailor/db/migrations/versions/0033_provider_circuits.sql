-- Each worker says with its presence how its calls to each model stand, so that it is known outside of its process.
ALTER TABLE workers ADD COLUMN circuits JSONB NOT NULL DEFAULT '[]'::jsonb;
COMMENT ON COLUMN workers.circuits IS 'Its circuit breakers: [{provider, model, state: closed | half_open | open, reason}].';

-- How many of the workers that are there have a model's calls in a state, and what one of them was told.
CREATE FUNCTION provider_circuits() RETURNS TABLE (provider TEXT, model TEXT, state TEXT, workers BIGINT, reason TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT circuit->>'provider', circuit->>'model', circuit->>'state', count(*), max(circuit->>'reason')
    FROM workers, jsonb_array_elements(circuits) AS circuit
    WHERE expires_at > clock_timestamp()
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
$$;
REVOKE EXECUTE ON FUNCTION provider_circuits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION provider_circuits TO storytailor_api, storytailor_maker;

DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION provider_circuits FROM %I', visitor);
    END LOOP;
END $$;
