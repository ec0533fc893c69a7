SELECT to_regproc('provider_circuits') IS NOT NULL AS found;
