-- A user the identity provider knows and we do not yet: the row and a first library.
WITH fresh AS (
    INSERT INTO users (id) VALUES (%(user_id)s) ON CONFLICT (id) DO NOTHING RETURNING id
)
INSERT INTO libraries (owner_user_id, name) SELECT id, 'My Library' FROM fresh;
