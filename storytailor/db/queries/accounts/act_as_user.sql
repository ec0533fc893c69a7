-- From here to the transaction's end the database itself shows and takes this user's rows only.
SELECT set_config('statement_timeout', %(timeout)s, true), set_config('request.jwt.claims', %(claims)s, true),
       set_config('role', 'storytailor_api', true);
