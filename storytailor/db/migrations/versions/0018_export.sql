-- A family's export has the portraits that were drawn of its characters, so the API may know where they lie.
GRANT SELECT (object_key, created_at) ON portraits TO storytailor_api;
