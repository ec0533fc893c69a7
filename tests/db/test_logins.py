"""The fleet's logins: what each may, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from storytailor.db import Accounts, Database
from storytailor.db.logins import Login, make_logins
from storytailor.db.migrations import migrate
from storytailor.errors import SettingsError
from tests.postgres import url_of


@dataclass(frozen=True)
class Fleet:
    """A server's databases as `storytailor logins` and `storytailor migrate` leave them, and a URL for each login."""

    administrator: str
    api: Login
    makers: Login
    dagster: Login

    def url(self, login: Login, database: str | None = None) -> str:
        """Where this login comes in; the test's server asks for no password."""
        return url_of(self.administrator, database or login.database).replace("//postgres", f"//{login.name}", 1)

    def make_logins(self) -> None:
        make_logins(self.administrator, api=self.api, makers=self.makers, dagster=self.dagster)


@pytest.fixture
def fleet(postgres: str) -> Iterator[Fleet]:
    name = uuid4().hex[:8]
    stories, dagster = f"stories_{name}", f"dagster_{name}"
    fleet = Fleet(
        postgres,
        Login(f"api_{name}", "api's", stories),
        Login(f"maker_{name}", "maker's", stories),
        Login(f"dagster_{name}", "dagster's", dagster),
    )
    yield fleet
    with psycopg.connect(postgres, autocommit=True) as connection:
        for database in (stories, dagster):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(database)))
        for login in (fleet.api, fleet.makers, fleet.dagster):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login.name)))


@pytest.fixture
def made(fleet: Fleet) -> Fleet:
    fleet.make_logins()
    migrate(fleet.url(fleet.makers))
    return fleet


MORE_THAN_THE_API: dict[str, LiteralString] = {
    "become a maker": "SET ROLE storytailor_maker",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read a file": "SELECT pg_read_file('PG_VERSION')",
    "read the passwords": "SELECT rolpassword FROM pg_authid",
    "read the outbox of all": "SELECT * FROM webhook_outbox",
    "write the ledger": "INSERT INTO credit_ledger (user_id, kind, source) VALUES (gen_random_uuid(), 'debit', 'tier')",
    "make a table": "CREATE TABLE mine (id int)",
    "make a temporary table": "CREATE TEMPORARY TABLE mine (id int)",
    "make a role": "CREATE ROLE mine",
    "change the schema": "ALTER TABLE stories DISABLE ROW LEVEL SECURITY",
    "end somebody's connection": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
}


@pytest.mark.parametrize("attempt", MORE_THAN_THE_API.values(), ids=MORE_THAN_THE_API.keys())
def test_the_api_s_login_cannot(made: Fleet, attempt: LiteralString) -> None:
    with psycopg.connect(made.url(made.api), autocommit=True) as connection:
        connection.execute("RESET ROLE")  # what a smuggled statement would say first
        with pytest.raises(InsufficientPrivilege):
            connection.execute(attempt)


async def test_reset_role_shows_the_api_s_login_no_row_of_anybody(made: Fleet) -> None:
    database = await Database(made.url(made.api)).open()
    try:
        user = uuid4()
        assert (await Accounts(database).allowance(user)).stories_used == 0  # there is a row now, and it sees it
        async with database.as_user(user) as connection:
            await connection.execute("RESET ROLE")
            await connection.execute("RESET request.jwt.claims")
            for table in ("users", "libraries", "characters", "stories", "credit_ledger"):
                cursor = await connection.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table)))
                assert await cursor.fetchall() == [], table
    finally:
        await database.close()


def test_each_login_enters_its_own_database_only(made: Fleet) -> None:
    for login, foreign in (
        (made.api, made.dagster.database),
        (made.makers, made.dagster.database),
        (made.dagster, made.makers.database),
    ):
        psycopg.connect(made.url(login)).close()
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(made.url(login, foreign))


def test_no_login_of_the_fleet_is_an_administrator(made: Fleet) -> None:
    with psycopg.connect(made.administrator) as connection:
        names = [made.api.name, made.makers.name, made.dagster.name]
        powerful = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
            " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
            (names,),
        ).fetchall()
    assert powerful == []


def test_made_again_they_have_the_new_passwords_and_nothing_else_is_changed(made: Fleet) -> None:
    def stored() -> dict[str, str]:
        with psycopg.connect(made.administrator) as connection:
            return dict(connection.execute("SELECT rolname, rolpassword FROM pg_authid").fetchall())

    before = stored()
    make_logins(
        made.administrator,
        api=Login(made.api.name, "another", made.api.database),
        makers=made.makers,
        dagster=made.dagster,
    )
    after = stored()
    assert after[made.api.name].startswith("SCRAM-SHA-256$")
    assert after[made.api.name] != before[made.api.name]
    migrate(made.url(made.makers))


def test_a_database_that_an_administrator_had_made_is_handed_over_to_the_makers(fleet: Fleet) -> None:
    with psycopg.connect(fleet.administrator, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(fleet.makers.database)))
    migrate(url_of(fleet.administrator, fleet.makers.database))  # as it was: by the superuser
    fleet.make_logins()
    with psycopg.connect(fleet.url(fleet.makers)) as connection:
        connection.execute("ALTER TABLE stories ADD COLUMN another int")
        connection.execute("DROP FUNCTION oldest_queued_seconds()")
        foreign = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')"
            " AND relowner <> current_user::regrole"
        ).fetchall()
    assert foreign == []


def test_a_login_that_may_more_is_refused_by_name(fleet: Fleet) -> None:
    administrator = urlsplit(fleet.administrator).username or ""
    with pytest.raises(SettingsError, match=f"The login {administrator} exists and may more than it should"):
        make_logins(
            fleet.administrator,
            api=Login(administrator, "x", fleet.api.database),
            makers=fleet.makers,
            dagster=fleet.dagster,
        )


@pytest.mark.parametrize("url", ["postgresql://api@host/db", "postgresql://api:secret@host", "not a URL"])
def test_a_url_without_login_password_or_database_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^API_DATABASE_URL has to be") as refused:
        Login.of(url, "API_DATABASE_URL")
    assert "secret" not in str(refused.value)
