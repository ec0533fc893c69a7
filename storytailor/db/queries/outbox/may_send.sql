-- Whether what is granted to makers is granted to this login.
SELECT pg_has_role('storytailor_maker', 'USAGE');
