SELECT to_jsonb(row) FROM (SELECT {columns} FROM {table}) AS row;
