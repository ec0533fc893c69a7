"""The schema's history: landed files stay as they are, and each way to the newest schema ends at the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import psycopg.conninfo
import pytest
from alembic import command
from alembic.config import Config

from storytailor.db import Database, Queue
from storytailor.db.migrations import HERE, migrate
from storytailor.db.outbox import Outbox
from storytailor.db.schema import NEWEST, require_newest_schema
from storytailor.errors import ServiceUnavailableError, SettingsError
from tests.cli.running import storytailor
from tests.postgres import url_of

PINS = Path(__file__).with_name("migration_hashes.json")
STOPPED = """{"overall": "partial", "assets": {
    "content": {"status": "ready", "progress": 100}, "pdf": {"status": "failed", "progress": 0, "error": "No ink."},
    "audio": {"status": "failed", "progress": 0, "error": "No voice."},
    "activities": {"status": "failed", "progress": 0, "error": "Cancelled."}}}"""
STRUCTURE = """
SELECT 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' '
       || attnotnull || ' ' || coalesce(pg_get_expr(adbin, adrelid), '')
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || cmd || ' '
       || coalesce(qual, '') || ' ' || coalesce(with_check, '') FROM pg_policies WHERE schemaname = 'public'
UNION ALL SELECT 'function ' || pg_get_functiondef(oid) || ' ' || coalesce(proacl::text, '')
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
UNION ALL SELECT 'table ' || oid::regclass || ' ' || relrowsecurity || relforcerowsecurity || coalesce(relacl::text, '')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
ORDER BY 1
"""


@pytest.fixture
def empty_url(postgres: str) -> str:
    name = f"empty_{uuid4().hex[:8]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url_of(postgres, name)


def structure(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [line for (line,) in connection.execute(STRUCTURE.encode()).fetchall()]


def upgrade(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def revisions() -> list[str]:
    return sorted(file.name.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*.py"))


def test_landed_migrations_are_never_edited() -> None:
    """To pin a new one, add its line; to change what a landed one did, write another migration."""
    files = sorted((HERE / "versions").glob("[0-9]*.*"))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in files}
    assert found == json.loads(PINS.read_text()), json.dumps(found, indent=2)


def test_a_database_upgraded_step_by_step_with_data_ends_like_a_fresh_one(empty_url: str, database_url: str) -> None:
    upgrade(empty_url, "0001")
    user, library, story = uuid4(), uuid4(), uuid4()
    with psycopg.connect(empty_url) as connection:
        connection.execute("INSERT INTO users (id, credits) VALUES (%s, 3)", (user,))
        connection.execute("INSERT INTO libraries (id, owner_user_id, name) VALUES (%s, %s, 'Home')", (library, user))
        connection.execute(
            "INSERT INTO stories (id, library_id, creator_user_id, title) VALUES (%s, %s, %s, 'The Kite')",
            (story, library, user),
        )
        connection.execute(
            "INSERT INTO asset_generation_jobs (story_id, asset_type) VALUES (%s, 'content')",
            (story,),
        )
    for revision in revisions()[1:]:
        upgrade(empty_url, revision)
    assert structure(empty_url) == structure(database_url)
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT title, status FROM stories").fetchall() == [("The Kite", "generating")]


async def test_a_webhook_that_waited_while_lines_came_is_claimed_for_its_story_s_tenant(empty_url: str) -> None:
    upgrade(empty_url, "0011")
    user, library, story = uuid4(), uuid4(), uuid4()
    with psycopg.connect(empty_url) as connection:
        connection.execute("INSERT INTO users (id) VALUES (%s)", (user,))
        connection.execute("INSERT INTO libraries (id, owner_user_id, name) VALUES (%s, %s, 'Home')", (library, user))
        connection.execute(
            "INSERT INTO stories (id, library_id, creator_user_id, title) VALUES (%s, %s, %s, 'The Kite')",
            (story, library, user),
        )
        connection.execute(
            "INSERT INTO webhook_outbox (story_id, url, payload) VALUES (%s, 'https://Receiver.test/hook', '{}')",
            (story,),
        )
    upgrade(empty_url, revisions()[-1])
    database = await Database(empty_url).open()
    (message,) = await Outbox(database).claim(10)
    await database.close()
    assert (message.story_id, message.attempt) == (story, 1)
    with psycopg.connect(empty_url) as connection:
        lines = connection.execute("SELECT receiver, user_id FROM webhook_lines").fetchall()
    assert lines == [("receiver.test", user)]


async def test_an_older_schema_is_refused_with_the_command_to_run(empty_url: str) -> None:
    upgrade(empty_url, revisions()[-2])
    database = await Database(empty_url).open()
    with pytest.raises(SettingsError, match=f"this version needs {NEWEST}: run `storytailor migrate` first"):
        await require_newest_schema(database)
    migrate(empty_url)
    await require_newest_schema(database)
    await database.close()


async def test_a_database_that_was_away_at_the_start_is_looked_at_before_anything_is_taken_from_it(
    postgres: str, empty_url: str
) -> None:
    upgrade(empty_url, revisions()[-2])
    name = psycopg.conninfo.conninfo_to_dict(empty_url)["dbname"]
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        database = await Database(empty_url, timeout=0.5).open()
        await require_newest_schema(database)  # which nobody can look at
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    for _ in range(2):
        with pytest.raises(ServiceUnavailableError, match=f"this version needs {NEWEST}: run `storytailor migrate`"):
            await until_answered(lambda: Queue(database).claim(in_flight=9))
    migrate(empty_url)
    assert await Queue(database).claim(in_flight=9) == []
    await database.close()


async def until_answered(ask: Callable[[], Awaitable[object]]) -> object:
    """What the database says once it can be connected to again."""
    while True:
        try:
            return await ask()
        except ServiceUnavailableError as down:
            if "does not answer" not in str(down):
                raise


async def test_a_database_that_was_never_migrated_is_refused_too(empty_url: str) -> None:
    database = await Database(empty_url).open()
    with pytest.raises(SettingsError, match="storytailor migrate"):
        await require_newest_schema(database)
    await database.close()


def test_tables_of_others_under_our_names_are_named_and_nothing_is_changed(empty_url: str) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE TABLE users (id INT PRIMARY KEY)")
        connection.execute("CREATE TABLE stories (id INT)")
        connection.execute("CREATE TABLE posts (id INT)")
    before = structure(empty_url)
    with pytest.raises(SettingsError, match=r"names of ours: stories, users\. Nothing was changed\."):
        migrate(empty_url)
    assert structure(empty_url) == before


def test_whatever_else_stands_in_the_way_is_told_in_the_servers_words(empty_url: str) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE FUNCTION story_overall(assets JSONB) RETURNS TEXT LANGUAGE sql AS 'SELECT NULL'")
    with pytest.raises(SettingsError, match=r'nothing was changed: function "story_overall" already exists'):
        migrate(empty_url)


def test_migrate_says_beforehand_what_there_is_no_way_back_from_and_how_a_backup_is_taken(empty_url: str) -> None:
    upgrade(empty_url, "0008")
    planned = storytailor("migrate", "--plan", DATABASE_URL=empty_url)
    said = planned.stdout.splitlines()
    assert (planned.returncode, said[0], said[-1]) == (0, "The schema is 0008. What follows:", "Nothing was done.")
    assert "  0010  A claim counts from when a worker has begun it; workers say that they are there" in said
    ahead = ", ".join(revision for revision in revisions() if revision > "0008")
    assert f"There is no way back from {ahead} but a backup that was taken before, into an empty database:" in said
    assert f'  pg_dump --format=custom --file=before-{NEWEST}.dump "$DATABASE_URL"' in said

    done = storytailor("migrate", DATABASE_URL=empty_url)
    assert done.stdout.splitlines() == [*said[:-1], "The database has the newest schema."]
    assert storytailor("migrate", "--plan", DATABASE_URL=empty_url).stdout == "There is nothing to do.\n"


def test_a_version_that_is_there_again_leaves_a_newer_schema_as_it_is_and_says_that_it_serves(empty_url: str) -> None:
    migrate(empty_url)
    with psycopg.connect(empty_url) as connection:
        connection.execute("UPDATE storytailor_schema SET version_num = '9999'")
    for options in ((), ("--plan",)):
        told = storytailor("migrate", *options, DATABASE_URL=empty_url)
        assert told.returncode == 0
        assert told.stdout.startswith(f"The schema is 9999, newer than this version's {NEWEST}: it serves as it is")
    migrate(empty_url)  # as the local stack does at its start
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT version_num FROM storytailor_schema").fetchone() == ("9999",)


def test_migrate_warns_of_nothing_where_nothing_can_be_lost(empty_url: str) -> None:
    assert storytailor("migrate", DATABASE_URL=empty_url).stdout == "The database has the newest schema.\n"


def test_stories_of_before_orders_have_bought_a_story_with_its_remakes_and_owe_what_failed_by_itself(
    empty_url: str,
) -> None:
    upgrade(empty_url, "0012")
    user, library, story = uuid4(), uuid4(), uuid4()
    with psycopg.connect(empty_url) as connection:
        connection.execute("INSERT INTO users (id) VALUES (%s)", (user,))
        connection.execute("INSERT INTO libraries (id, owner_user_id, name) VALUES (%s, %s, 'Home')", (library, user))
        connection.execute(
            "INSERT INTO stories (id, library_id, creator_user_id, title, asset_generation_status)"
            " VALUES (%s, %s, %s, 'The Kite', %s)",
            (story, library, user, STOPPED),
        )
        connection.execute(
            "INSERT INTO credit_ledger (user_id, story_id, kind, source) VALUES (%s, %s, 'debit', 'tier')",
            (user, story),
        )
    upgrade(empty_url, revisions()[-1])
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT remakes_left(%s)", (story,)).fetchone() == (3,)
        for asset, price in (("audio", "owed"), ("activities", "remake"), ("content", "remake"), ("pdf", "nothing")):
            assert connection.execute("SELECT price_of(%s, %s)", (story, [asset])).fetchone() == (price,)
