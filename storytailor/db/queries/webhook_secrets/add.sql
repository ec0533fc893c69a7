INSERT INTO webhook_secrets (user_id, secret) VALUES (%(user_id)s, %(secret)s);
