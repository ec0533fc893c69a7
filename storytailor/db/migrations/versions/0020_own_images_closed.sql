-- A hosted Supabase project grants its visitors every new function, and ../visitors.sql takes back those that the API's
-- role has. These two nobody has but the triggers: migration 0017 took them from PUBLIC only.
DO $$
DECLARE
    visitor TEXT;
BEGIN
    FOR visitor IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION is_of_another_tenant, is_own_reference_image, refuse_others_images FROM %I',
                       visitor);
    END LOOP;
END $$;
