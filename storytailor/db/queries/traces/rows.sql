SELECT count(*) FROM {table} AS row
WHERE EXISTS (SELECT FROM unnest(%(spellings)s::text[]) AS spelling WHERE strpos(lower(row::text), spelling) > 0);
