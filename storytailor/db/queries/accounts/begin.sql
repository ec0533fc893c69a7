-- A user the identity provider knows and we do not yet: the row and a first library. Or the seconds until that may be.
SELECT begin_account(make_interval(hours => %(hours)s)) AS seconds;
