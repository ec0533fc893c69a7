"""Tenants: whatever statement the API should send, the database shows and takes its user's rows only.

Attempted in plain SQL as the API's role, so that no query of ours stands between the attempt and the policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, NoDataFound
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from storytailor.catalog import ALL_ASSETS
from storytailor.db import Accounts, Database, NewStory, Stories
from storytailor.db.connection import Connection
from storytailor.db.idempotency import IdempotencyKey
from storytailor.db.story_shares import StoryShares
from storytailor.story import StoryType

OWNER: dict[str, LiteralString] = {
    "users": "id",
    "libraries": "owner_user_id",
    "characters": "owner_user_id",
    "stories": "creator_user_id",
    "asset_generation_jobs": "(SELECT creator_user_id FROM stories WHERE stories.id = story_id)",
    "credit_ledger": "user_id",
    "idempotency_keys": "user_id",
    "story_orders": "user_id",
    "spendings": "user_id",
    "photo_consents": "owner_user_id",
    "story_shares": "owner_user_id",
}
"""Each tenant table, and the owner of a row of it."""

INSERTS: dict[str, LiteralString] = {
    "a user": "INSERT INTO users (id) VALUES (gen_random_uuid())",
    "a library of theirs": "INSERT INTO libraries (owner_user_id, name) VALUES (%(theirs)s, 'x')",
    "a character of theirs": """INSERT INTO characters (library_id, owner_user_id, name)
        VALUES (%(their_library)s, %(theirs)s, 'x')""",
    "a character in their library": """INSERT INTO characters (library_id, owner_user_id, name)
        VALUES (%(their_library)s, %(mine)s, 'x')""",
    "a story of theirs": """INSERT INTO stories (library_id, creator_user_id, title)
        VALUES (%(their_library)s, %(theirs)s, 'x')""",
    "a story in their library": """INSERT INTO stories (library_id, creator_user_id, title)
        VALUES (%(their_library)s, %(mine)s, 'x')""",
    "a job for their story": """INSERT INTO asset_generation_jobs (story_id, asset_type)
        VALUES (%(their_story)s, 'poster')""",
    "their job again": """INSERT INTO asset_generation_jobs (story_id, asset_type)
        VALUES (%(their_story)s, 'cover') ON CONFLICT (story_id, asset_type) DO UPDATE SET status = 'failed'""",
    "a debit of theirs": """INSERT INTO credit_ledger (user_id, story_id, kind, source)
        VALUES (%(theirs)s, gen_random_uuid(), 'debit', 'tier')""",
    "an order of theirs": """INSERT INTO story_orders (user_id, story_id, kind, assets)
        VALUES (%(theirs)s, %(their_story)s, 'owed', '{cover}')""",
    "a spending of theirs": """INSERT INTO spendings (story_id, day, user_id, usd)
        VALUES (%(their_story)s, '2026-01-01', %(theirs)s, 5)""",
    "a link to their story": """INSERT INTO story_shares (story_id, owner_user_id, salt, token_hash)
        VALUES (%(their_story)s, %(mine)s, sha256('a'), sha256('b'))""",
    "a link of theirs": """INSERT INTO story_shares (story_id, owner_user_id, salt, token_hash)
        VALUES (%(their_story)s, %(theirs)s, sha256('a'), sha256('b'))""",
    "a consent of theirs": """INSERT INTO photo_consents (owner_user_id, image_key, wording)
        VALUES (%(theirs)s, 'characters/maya.png', '2026-11')""",
    "a consent to a picture of nobody's": """INSERT INTO photo_consents (owner_user_id, image_key, wording)
        VALUES (%(mine)s, 'characters/none.png', '2026-11')""",
    "a key of theirs": """INSERT INTO idempotency_keys (user_id, key, request_hash, response)
        VALUES (%(theirs)s, 'x', 'x', '{}')""",
}

FAVOURS: dict[str, LiteralString] = {
    "credits": "UPDATE users SET credits = 1000",
    "a better tier": "UPDATE users SET tier = 'individual'",
    "credits from the start": "INSERT INTO users (id, credits) VALUES (%(mine)s, 1000) ON CONFLICT DO NOTHING",
    "a refund": """INSERT INTO credit_ledger (user_id, story_id, kind, source)
        VALUES (%(mine)s, %(my_story)s, 'refund', 'credit')""",
    "a debit forgotten": "DELETE FROM credit_ledger",
    "an order of one's own making": """INSERT INTO story_orders (user_id, story_id, kind, assets)
        VALUES (%(mine)s, %(my_story)s, 'owed', '{cover}')""",
    "a debit given back": "SELECT give_back(%(my_story)s, 1)",
    "an order given back": "UPDATE story_orders SET outcome = 'given_back'",
    "what was spent forgotten": "DELETE FROM spendings",
    "refusals forgotten": "UPDATE users SET refused_at = '{}'",
    "a story made by hand": "UPDATE stories SET content = '{}'",
    "a story given away": "UPDATE stories SET creator_user_id = %(theirs)s",
    "a character moved into their library": "UPDATE characters SET library_id = %(their_library)s",
    "a consent of another day": "UPDATE photo_consents SET given_at = now() - interval '1 year'",
    "a consent forgotten": "DELETE FROM photo_consents",
    "an answer rewritten": "UPDATE idempotency_keys SET response = '{}'",
}


@dataclass(frozen=True)
class Tenant:
    """Somebody with a row in every tenant table."""

    id: UUID
    library: UUID
    story: UUID


@pytest.fixture
async def me(database: Database) -> Tenant:
    return await create_person(database)


@pytest.fixture
async def them(database: Database) -> Tenant:
    return await create_person(database)


async def create_person(database: Database) -> Tenant:
    """Somebody new, who asks for a first story."""
    user_id = uuid4()
    await Accounts(database).allowance(user_id)
    (library,) = await Accounts(database).libraries(user_id)
    async with database.as_user(user_id) as connection:
        (character,) = await rows(
            connection,
            "INSERT INTO characters (library_id, owner_user_id, name, reference_images)"
            " VALUES (%(library)s, %(user)s, 'Maya', '{characters/maya.png}') RETURNING id",
            {"library": library.id, "user": user_id},
        )
        await connection.execute(
            "INSERT INTO photo_consents (owner_user_id, image_key, wording)"
            " VALUES (%s, 'characters/maya.png', '2026-11')",
            (user_id,),
        )
    new = NewStory([character["id"]], StoryType.BEDTIME, ["courage"])
    story = await Stories(database).create(user_id, new, IdempotencyKey("a-key", "a-digest"))
    await StoryShares(database, b"a key").share(user_id, story.id)
    async with database.transaction() as connection:
        await connection.execute("SELECT spend(%s, %s, 0.25)", (story.id, user_id))
    return Tenant(user_id, library.id, story.id)


async def rows(
    connection: Connection, text: LiteralString | sql.Composed, params: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    cursor = await connection.cursor(row_factory=dict_row).execute(text, params)
    return await cursor.fetchall()


async def everything_of(database: Database, tenant: Tenant) -> dict[str, list[str]]:
    """All rows of a tenant, as the makers see them."""
    seen = {}
    async with database.transaction() as connection:
        for table, owner in OWNER.items():
            text = sql.SQL("SELECT {table}::text AS row FROM {table} WHERE {owner} = %(tenant)s ORDER BY 1")
            found = await rows(
                connection,
                text.format(table=sql.Identifier(table), owner=sql.SQL(owner)),
                {"tenant": tenant.id},
            )
            seen[table] = [row["row"] for row in found]
    return seen


async def everything_shown_to(connection: Connection) -> dict[str, list[str]]:
    """All rows this connection is shown."""
    seen = {}
    for table in OWNER:
        text = sql.SQL("SELECT {table}::text AS row FROM {table} ORDER BY 1").format(table=sql.Identifier(table))
        seen[table] = [row["row"] for row in await rows(connection, text)]
    return seen


async def attempt(database: Database, user_id: UUID, text: LiteralString, params: dict[str, UUID]) -> None:
    """One statement on this user's behalf."""
    async with database.as_user(user_id) as connection:
        await connection.execute(text, params)


def names(me: Tenant, them: Tenant) -> dict[str, UUID]:
    return {
        "mine": me.id,
        "my_story": me.story,
        "theirs": them.id,
        "their_library": them.library,
        "their_story": them.story,
    }


async def test_every_table_shows_a_user_all_of_their_rows_and_no_others(
    database: Database, me: Tenant, them: Tenant
) -> None:
    mine = await everything_of(database, me)
    assert all(mine.values())  # or there would be nothing to see
    async with database.as_user(me.id) as connection:
        assert await everything_shown_to(connection) == mine


@pytest.mark.parametrize("table", OWNER)
async def test_no_update_of_any_column_and_no_delete_reaches_somebody_elses_rows(
    database: Database, me: Tenant, them: Tenant, table: str
) -> None:
    before = await everything_of(database, them)
    async with database.transaction() as connection:
        cursor = await connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        columns = [column.name for column in cursor.description or []]
    assert columns
    attempts = [
        sql.SQL("UPDATE {table} SET {column} = DEFAULT").format(
            table=sql.Identifier(table), column=sql.Identifier(column)
        )
        for column in columns
    ]
    for each in [*attempts, sql.SQL("DELETE FROM {}").format(sql.Identifier(table))]:
        try:
            async with database.as_user(me.id) as connection:
                await connection.execute(each)
        except (InsufficientPrivilege, psycopg.IntegrityError):
            continue  # refused as a whole, or my own row would not take it
    assert await everything_of(database, them) == before


@pytest.mark.parametrize("insert", INSERTS.values(), ids=INSERTS.keys())
async def test_nothing_can_be_put_under_somebody_elses_name(
    database: Database, me: Tenant, them: Tenant, insert: LiteralString
) -> None:
    with pytest.raises(InsufficientPrivilege):
        await attempt(database, me.id, insert, names(me, them))


@pytest.mark.parametrize("favour", FAVOURS.values(), ids=FAVOURS.keys())
async def test_the_apis_role_can_do_its_user_no_favours(
    database: Database, me: Tenant, them: Tenant, favour: LiteralString
) -> None:
    with pytest.raises(InsufficientPrivilege):
        await attempt(database, me.id, favour, names(me, them))


async def test_nobody_pays_for_somebody_elses_story(database: Database, me: Tenant, them: Tenant) -> None:
    with pytest.raises(NoDataFound):
        await attempt(database, me.id, "SELECT pay_for_story(%(their_story)s, 'tier')", names(me, them))


async def test_nobody_orders_for_somebody_elses_story_or_sees_what_they_spent(
    database: Database, me: Tenant, them: Tenant
) -> None:
    with pytest.raises(NoDataFound):
        await attempt(
            database, me.id, "SELECT order_assets(%(their_story)s, '{cover}', 'tier', 3, '{}')", names(me, them)
        )
    async with database.as_user(me.id) as connection:
        seen = await rows(connection, "SELECT spent FROM spending_today(%(theirs)s)", {"theirs": them.id})
    assert seen == []


async def test_whoever_is_not_named_sees_nothing_and_may_write_nothing(database: Database, me: Tenant) -> None:
    async with database.transaction() as connection:
        await connection.execute("SET LOCAL ROLE storytailor_api")
        assert not any((await everything_shown_to(connection)).values())
        with pytest.raises(InsufficientPrivilege):
            await connection.execute("INSERT INTO users (id) VALUES (gen_random_uuid())")


async def test_role_and_user_end_with_their_transaction(database_url: str) -> None:
    database = await Database(database_url, max_size=1).open()  # one connection: what stuck to it would show
    query: LiteralString = "SELECT current_user::text AS role, auth_user_id() AS somebody"
    somebody = uuid4()
    async with database.transaction() as connection:
        before = await rows(connection, query)
    for _ in range(12):  # more often than it takes psycopg to prepare a statement
        async with database.as_user(somebody) as connection:
            assert await rows(connection, query) == [{"role": "storytailor_api", "somebody": somebody}]
    async with database.transaction() as connection:
        assert await rows(connection, query) == before
    with pytest.raises(InsufficientPrivilege):
        await attempt(
            database,
            somebody,
            "WITH new AS (INSERT INTO users (id) VALUES (%(mine)s)) UPDATE users SET credits = 9",
            {"mine": somebody},
        )
    async with database.transaction() as connection:
        assert await rows(connection, query) == before
        assert await rows(connection, "SELECT FROM users") == []
    await database.close()


async def test_a_story_the_api_lets_fail_gives_back_its_price(database: Database, me: Tenant) -> None:
    assert (await Accounts(database).allowance(me.id)).stories_used == 1
    async with database.as_user(me.id) as connection:
        given_up = Jsonb({asset: {"status": "failed"} for asset in ALL_ASSETS})
        await connection.execute("SELECT patch_story_assets(%s, %s)", (me.story, given_up))
    assert (await Accounts(database).allowance(me.id)).stories_used == 0


async def test_the_apis_role_owns_nothing_belongs_to_nothing_and_cannot_bypass(database: Database) -> None:
    async with database.transaction() as connection:
        (role,) = await rows(
            connection,
            """SELECT oid, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolreplication
               FROM pg_roles WHERE rolname = 'storytailor_api'""",
        )
        oid = role.pop("oid")
        owned = await rows(
            connection,
            "SELECT classid::regclass, objid FROM pg_shdepend WHERE refobjid = %(role)s AND deptype = 'o'",
            {"role": oid},
        )
        groups = await rows(connection, "SELECT roleid FROM pg_auth_members WHERE member = %(role)s", {"role": oid})
    assert not any(role.values()), role
    assert (owned, groups) == ([], [])


async def test_every_table_forces_row_security_with_policies_for_reading_and_writing(
    database: Database,
) -> None:
    async with database.transaction() as connection:
        tables = await rows(
            connection,
            """SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced,
                      array(SELECT polname::text FROM pg_policy WHERE polrelid = pg_class.oid ORDER BY 1) AS policies
               FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                 AND relname <> 'storytailor_schema'  -- Alembic's: one row, the revision""",
        )
        half_policies = await rows(
            connection,
            """SELECT polrelid::regclass::text AS name, polname FROM pg_policy
               WHERE (polcmd IN ('*', 'w') AND (polqual IS NULL OR polwithcheck IS NULL))
                  OR 0 = ANY (polroles)  -- for PUBLIC""",
        )
    assert OWNER.keys() <= {table["name"] for table in tables}
    assert [table["name"] for table in tables if not (table["forced"] and "makers" in table["policies"])] == []
    assert [table for table in OWNER if "own" not in next(t for t in tables if t["name"] == table)["policies"]] == []
    assert half_policies == []


async def test_what_runs_as_its_owner_looks_things_up_in_our_schema_only_and_is_not_for_everybody(
    database: Database,
) -> None:
    async with database.transaction() as connection:
        functions = await rows(
            connection,
            """SELECT proname AS name, proconfig AS config,
                      prorettype <> 'trigger'::regtype AND has_function_privilege('public', oid, 'EXECUTE') AS anybodys
               FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef""",
        )
    assert functions
    for function in functions:
        assert function["config"] == ["search_path=public, pg_temp"], function
        assert not function["anybodys"], function
