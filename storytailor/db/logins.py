"""The logins of a fleet and their databases, made by an administrator of the server.

| login of | may | owns |
|---|---|---|
| the API | what `storytailor_api` may, and nothing else: there is no role to fall back to | nothing |
| the makers | what `storytailor_maker` may, and migrate | the stories' database |
| Dagster | nothing of ours | its own database |

docs/decisions/0006-tenancy-in-the-database.md says what the two roles are.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from storytailor.db.connecting import bounded
from storytailor.db.connection import statement
from storytailor.errors import SettingsError

API_ROLE, MAKER_ROLE = "storytailor_api", "storytailor_maker"
Administration = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Login:
    """Whom a database URL logs in, and where."""

    name: str
    password: str
    database: str

    @classmethod
    def of(cls, url: str, setting: str) -> Login:
        """The login that the URL of `setting` names. Raises SettingsError when a part of it is missing."""
        try:
            parts = psycopg.conninfo.conninfo_to_dict(url.replace("postgresql+psycopg2://", "postgresql://", 1))
            return cls(*(str(parts[part]) for part in ("user", "password", "dbname")))
        except (KeyError, psycopg.ProgrammingError):
            raise SettingsError(f"{setting} has to be postgresql://login:password@host:port/database.") from None


def make_logins(administrator_url: str, *, api: Login, makers: Login, dagster: Login) -> None:
    """Make the logins, their passwords and their databases; what is there already is brought to this state.

    Raises SettingsError for a login that may more than it should.
    """
    with _connect(administrator_url) as administration:
        for role in (API_ROLE, MAKER_ROLE):
            _make_role(administration, role, sql.SQL("NOLOGIN"))
        _make_login(administration, api, API_ROLE)
        _make_login(administration, makers, API_ROLE, MAKER_ROLE)
        _make_login(administration, dagster)
        _make_database(administration, makers.database, owner=makers.name, visitor=API_ROLE)
        _make_database(administration, dagster.database, owner=dagster.name)
    for database in (makers.database, dagster.database):
        with _connect(administrator_url, database) as administration:
            administration.execute(statement("logins/hand_over"))


def _connect(url: str, database: str | None = None) -> Administration:
    return psycopg.connect(
        psycopg.conninfo.make_conninfo(bounded(url, application_name="storytailor logins"), dbname=database),
        autocommit=True,  # without a database, the URL's own
    )


def _make_login(administration: Administration, login: Login, *roles: str) -> None:
    """A login with its password that belongs to these roles and to no other."""
    _make_role(administration, login.name, sql.SQL("LOGIN"))
    found = administration.execute(
        """SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,
                  array(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = pg_roles.oid)
           FROM pg_roles WHERE rolname = %s""",
        (login.name,),
    ).fetchone()
    assert found is not None
    is_powerful, memberships = found
    assert isinstance(memberships, list)
    if is_powerful or not set(memberships) <= set(roles):
        raise SettingsError(
            f"The login {login.name} exists and may more than it should "
            f"({'an administrator' if is_powerful else 'in ' + ', '.join(memberships)}): name another one."
        )
    # hashed here, so that the password stands in no statement that the server may log
    password = administration.pgconn.encrypt_password(login.password.encode(), login.name.encode(), b"scram-sha-256")
    _alter(administration, "ALTER ROLE {} LOGIN PASSWORD {}", login.name, sql.Literal(password.decode()))
    for role in roles:
        _alter(administration, "GRANT {} TO {}", role, sql.Identifier(login.name))


def _make_role(administration: Administration, name: str, kind: sql.SQL) -> None:
    if administration.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).rowcount == 0:
        _alter(administration, "CREATE ROLE {} {}", name, kind)


def _make_database(administration: Administration, name: str, *, owner: str, visitor: str | None = None) -> None:
    """A database that its owner may enter and the visitor, but no other login."""
    if administration.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).rowcount == 0:
        _alter(administration, "CREATE DATABASE {} OWNER {}", name, sql.Identifier(owner))
    _alter(administration, "ALTER DATABASE {} OWNER TO {}", name, sql.Identifier(owner))
    _alter(administration, "REVOKE ALL ON DATABASE {} FROM {}", name, sql.SQL("PUBLIC"))
    if visitor is not None:
        _alter(administration, "GRANT CONNECT ON DATABASE {} TO {}", name, sql.Identifier(visitor))


def _alter(administration: Administration, template: str, name: str, value: sql.Composable) -> None:
    administration.execute(sql.SQL(template).format(sql.Identifier(name), value))
