SELECT to_regclass('workers') IS NOT NULL AS found;
