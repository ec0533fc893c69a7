-- What the pictures take up that are kept for this user: of characters, and of stories that still show them.
SELECT coalesce(sum(bytes), 0)::bigint FROM photo_consents WHERE owner_user_id = %(user_id)s;
