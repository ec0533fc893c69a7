INSERT INTO idempotency_keys (user_id, key, request_hash, response)
VALUES (%(user_id)s, %(key)s, %(request_hash)s, %(response)s);
