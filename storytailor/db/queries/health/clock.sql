-- The seconds since 1970, by the database's clock.
SELECT extract(epoch FROM clock_timestamp())::float;
