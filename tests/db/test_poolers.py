"""What stands between us and PostgreSQL on a hosted project: PgBouncer in either mode, and few connections."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from storytailor.db import Accounts, Database, NewStory, Queue, Stories
from storytailor.db.announcements import STORY_CHANGED, STORY_QUEUED
from storytailor.db.engines import open_engine
from storytailor.db.inspection import inspect_database
from storytailor.db.migrations import migrate
from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor.story import StoryType
from tests.servers import Server
from tests.supabase import make_project

NAME = f"poolers_{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def direct(server_15: Server) -> str:
    """The URL of a project of the tests' own, past any pooler."""
    url = server_15.url(NAME, "project")
    make_project(server_15.url("postgres"), NAME, url)
    migrate(url)
    return url


@pytest.fixture(scope="module")
def transaction_url(direct: str, transaction_pooler: Server) -> str:
    return transaction_pooler.url(NAME, "project")


@pytest.fixture(scope="module")
def session_url(direct: str, session_pooler: Server) -> str:
    return session_pooler.url(NAME, "project")


@pytest.fixture(params=["transaction_url", "session_url"])
async def pooled(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """Our database through a pooler of either kind."""
    database = await Database(request.getfixturevalue(request.param), max_size=4).open()
    yield database
    await database.close()


@pytest.fixture
def narrow_url(direct: str, server_15: Server) -> str:
    """The URL of the project for a login that may hold three connections; PgBouncer keeps some of the other's."""
    login = f"narrow_{uuid4().hex[:8]}"
    with psycopg.connect(server_15.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN CONNECTION LIMIT 3 IN ROLE project".encode())
    return direct.replace("//project@", f"//{login}@")


def settings_of(url: str, **more: object) -> Settings:
    return Settings(_env_file=None, database_url=url, **more)  # type: ignore[arg-type]


async def ask_for_a_story(database: Database) -> None:
    """What a family does, as the role that sees nothing but theirs."""
    user = uuid4()
    await Accounts(database).allowance(user)
    (library,) = await Accounts(database).libraries(user)
    async with database.as_user(user) as connection:
        cursor = await connection.execute(
            "INSERT INTO characters (library_id, owner_user_id, name) VALUES (%s, %s, 'Maya') RETURNING id",
            (library.id, user),
        )
        ((character,),) = await cursor.fetchall()
    story = await Stories(database).create(user, NewStory([character], StoryType.BEDTIME, ["courage"]))
    async with database.as_user(user) as connection:
        cursor = await connection.execute("SELECT current_user, current_setting('statement_timeout'), id FROM stories")
        assert await cursor.fetchall() == [("storytailor_api", "30s", story.id)]


async def test_stories_are_asked_for_side_by_side_and_claimed_through_either_pooler(pooled: Database) -> None:
    for _ in range(4):  # psycopg would prepare a statement at its sixth use
        await asyncio.gather(*(ask_for_a_story(pooled) for _ in range(4)))
        for lease in await Queue(pooled).claim(in_flight=1_000):
            await Queue(pooled).start(lease, "content")
            await Queue(pooled).release(lease.token)
    async with pooled.transaction() as connection:
        cursor = await connection.execute("SELECT current_user, current_setting('request.jwt.claims', true)")
        assert await cursor.fetchone() in (("project", ""), ("project", None))


async def test_a_deaf_listen_is_found_out_and_looked_for_instead(
    transaction_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = await Database(transaction_url).open()
    announced = database.announcements.listen(STORY_CHANGED)
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(30):
            assert [await anext(announced) for _ in range(3)] == ["", "", ""]
    assert "Set DATABASE_DIRECT_URL" in caplog.text
    await announced.aclose()  # type: ignore[attr-defined]  # an async generator
    await database.close()


async def test_what_is_announced_is_heard_past_the_transaction_pooler(transaction_url: str, direct: str) -> None:
    database = await Database(transaction_url, listen_url=direct).open()
    announced = database.announcements.listen(STORY_QUEUED)
    async with asyncio.timeout(30):
        assert await anext(announced) == ""
        await database.execute("announcements/probe", channel=STORY_CHANGED)
        async with database.transaction() as connection:
            await connection.execute("SELECT pg_notify(%s, 'this one')", (STORY_QUEUED,))
        assert await anext(announced) == "this one"
    await announced.aclose()  # type: ignore[attr-defined]  # an async generator
    await database.close()


def test_dagster_refuses_a_transaction_pooler_and_says_what_to_set(transaction_url: str) -> None:
    engine = open_engine(transaction_url, max_connections=2)
    with pytest.raises(SettingsError, match="DATABASE_DIRECT_URL"):
        engine.connect()
    engine.dispose()


def test_dagster_has_its_schema_time_zone_and_deadline_through_a_session_pooler(session_url: str) -> None:
    engine = open_engine(session_url, max_connections=2)
    with engine.connect() as connection:
        shown = connection.execute(
            text("SELECT current_schema(), current_setting('TimeZone'), current_setting('statement_timeout')")
        ).one()
    assert tuple(shown) == ("dagster", "UTC", "30s")
    engine.dispose()


async def test_an_inspection_tells_the_ways_to_a_database_apart(
    direct: str, session_url: str, transaction_url: str
) -> None:
    plain = await inspect_database(settings_of(direct))
    assert (plain.role, plain.superuser, plain.version.partition(".")[0]) == ("project", False, "15")
    assert (plain.pooler, plain.listen_heard) == ("none", True)
    assert [finding.remedy for finding in plain.findings] == [None] * 6
    session = await inspect_database(settings_of(session_url))
    assert (session.pooler, session.listen_heard) == ("session", True)
    transaction = await inspect_database(settings_of(transaction_url))
    assert (transaction.pooler, transaction.listen_heard) == ("transaction", False)
    (remedy,) = [finding.remedy for finding in transaction.findings if finding.remedy]
    assert "DATABASE_DIRECT_URL" in remedy
    both = await inspect_database(settings_of(transaction_url, database_direct_url=direct))
    assert (both.pooler, both.listen_heard) == ("transaction", True)
    assert [finding.remedy for finding in both.findings] == [None] * 6


async def test_an_inspection_counts_connections_and_names_the_sizes_that_fit(direct: str, server_15: Server) -> None:
    with psycopg.connect(server_15.url("postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE project CONNECTION LIMIT 15")
        report = await inspect_database(settings_of(direct))
        connection.execute("ALTER ROLE project CONNECTION LIMIT -1")
    (finding,) = [finding for finding in report.findings if finding.name == "Connections"]
    assert report.allowed == 15 < report.wanted
    assert finding.remedy is not None
    assert "DATABASE_CONNECTIONS=2 and DAGSTER_CONNECTIONS=2 (15 in all)" in finding.remedy


async def test_where_the_server_has_no_connection_left_statements_wait_for_one(narrow_url: str) -> None:
    database = await Database(narrow_url, max_size=6, timeout=60).open()
    ages = await asyncio.gather(*(database.fetch_values(float, "health/queue_age") for _ in range(30)))
    assert len(ages) == 30
    await database.close()


def test_where_the_server_has_no_connection_left_dagster_waits_for_one(narrow_url: str) -> None:
    held = [psycopg.connect(narrow_url) for _ in range(3)]
    engine = open_engine(narrow_url, max_connections=2)
    threading.Timer(1.0, held.pop().close).start()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()
    for other in held:
        other.close()


def test_what_will_not_pass_is_not_waited_for(direct: str) -> None:
    engine = open_engine(f"{direct}_that_is_not_there", max_connections=2)
    with pytest.raises(Exception, match="does not exist"):
        engine.connect()
    engine.dispose()
