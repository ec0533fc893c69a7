-- Once a picture: the first word for it stands.
INSERT INTO photo_consents (owner_user_id, image_key, wording, bytes) VALUES (%(user_id)s, %(key)s, %(wording)s, %(size)s)
ON CONFLICT (owner_user_id, image_key) DO NOTHING;
