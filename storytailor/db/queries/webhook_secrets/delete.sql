DELETE FROM webhook_secrets WHERE user_id = %(user_id)s;
