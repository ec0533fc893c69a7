-- The CDN has taken the order.
DELETE FROM cdn_purges WHERE id = ANY(%(ids)s);
