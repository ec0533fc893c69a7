-- The same secret under another key, unless somebody else was faster.
UPDATE webhook_secrets SET secret = %(secret)s WHERE id = %(id)s AND secret = %(former)s;
