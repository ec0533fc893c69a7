"""What a family does to a story is done whole or not at all, whichever statement breaks; a retry then does it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from storytailor.catalog import ALL_ASSETS
from storytailor.db import Database, Lease, NewStory, Queue, Stories
from storytailor.db.asset_records import DataRecord, FileRecord
from storytailor.db.orders import Orders
from storytailor.db.story_actions import StoryActions
from storytailor.errors import PermanentError, ServiceUnavailableError
from storytailor.story import StoryType
from tests.breaking_proxy import breaking_way

TABLES = (
    *("users", "stories", "asset_generation_jobs", "credit_ledger", "story_orders", "spendings"),
    *("idempotency_keys", "object_removals", "webhook_outbox"),
)
USED = {"models": {"m": {"calls": 1}}, "cost_usd": 0.25}
ORDERS = Orders(expect_costs=lambda _brief, _portraits: dict.fromkeys(ALL_ASSETS, 0.1))
Act = Callable[[Database], Awaitable[object]]


def everything(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(
                sql.SQL("SELECT to_jsonb(t) FROM {} AS t ORDER BY t::text").format(sql.Identifier(table))
            ).fetchall()
            for table in TABLES
        }


class Family:
    """Somebody whose two stories of the tier are used: the next is paid by a credit."""

    def __init__(self, url: str) -> None:
        self.url, self.id, self.character = url, uuid4(), uuid4()
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO users (id, credits) VALUES (%s, 5)", (self.id,))
            connection.execute(
                "WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)"
                " INSERT INTO characters (id, library_id, owner_user_id, name) SELECT %s, id, %s, 'Maya' FROM library",
                (self.id, self.character, self.id),
            )
            connection.execute(
                "INSERT INTO credit_ledger (user_id, story_id, kind, source)"
                " SELECT %s, gen_random_uuid(), 'debit', 'tier' FROM generate_series(1, 2)",
                (self.id,),
            )

    async def create(self, database: Database) -> UUID:
        new = NewStory([self.character], StoryType.BEDTIME, ["courage"], webhook_url="https://hook.example/")
        return (await Stories(database, orders=ORDERS).create(self.id, new)).id

    async def prepare(self, action: str, database: Database) -> tuple[Act, Lease | None]:
        """What is to be done, with a story that it is done to."""
        actions = {"regenerate": self._regenerate, "cancel": self._cancel, "delete": self._delete}
        if action == "create":
            return self.create, None
        story_id = await self.create(database)
        queue = Queue(database, lease_seconds=600)
        (lease,) = await queue.claim(in_flight=10)
        await queue.begin(lease)
        if action == "regenerate":  # for which a debit is taken
            for asset in ALL_ASSETS:
                await queue.start(lease, asset)
                await queue.finish(lease, asset, DataRecord(data={}))
            with psycopg.connect(self.url) as connection:
                connection.execute("UPDATE credit_ledger SET remakes = 0")
        else:
            await queue.start(lease, "content")
        if action == "finish":
            return lambda fragile: self._finish(fragile, lease), lease
        return lambda fragile: actions[action](fragile, story_id), lease

    async def _regenerate(self, database: Database, story_id: UUID) -> None:
        await StoryActions(database, orders=ORDERS).regenerate(self.id, story_id, ["cover"], cascade=False)

    async def _cancel(self, database: Database, story_id: UUID) -> None:
        await StoryActions(database).cancel(self.id, story_id)

    async def _delete(self, database: Database, story_id: UUID) -> None:
        await StoryActions(database).delete(self.id, story_id)

    async def _finish(self, database: Database, lease: Lease) -> None:
        record = FileRecord(url="u", objects={"content": "key"}, usage=USED)
        await Queue(database, lease_seconds=600).finish(lease, "content", record)

    def credits_and_kinds(self) -> tuple[int, list[str]]:
        with psycopg.connect(self.url) as connection:
            (credits,) = connection.execute("SELECT credits FROM users").fetchone() or (0,)
            kinds = [kind for (kind,) in connection.execute("SELECT kind FROM credit_ledger WHERE source = 'credit'")]
        return credits, kinds


AFTER = {
    "create": (4, ["debit"]),
    "regenerate": (3, ["debit", "debit"]),
    "cancel": (5, ["debit", "refund"]),
    "delete": (5, ["debit", "refund"]),
    "finish": (4, ["debit"]),
}
"""Credits and ledger of the family when the action is done, once."""
TOUCHED = {
    "create": {"stories", "asset_generation_jobs", "credit_ledger", "story_orders", "users"},
    "regenerate": {"stories", "asset_generation_jobs", "credit_ledger", "story_orders", "users"},
    "cancel": {
        "stories",
        "asset_generation_jobs",
        "credit_ledger",
        "story_orders",
        "users",
        "spendings",
        "webhook_outbox",
    },
    "delete": {"stories", "credit_ledger", "story_orders", "users", "spendings", "object_removals"},
    "finish": {"stories", "asset_generation_jobs", "story_orders", "spendings"},
}
"""The tables that each writes."""


@pytest.mark.parametrize("action", ["create", "regenerate", "cancel", "delete"])
async def test_a_connection_that_breaks_at_any_statement_leaves_everything_as_it_was(
    database: Database, database_url: str, action: str
) -> None:
    family = Family(database_url)
    act, _ = await family.prepare(action, database)
    before = everything(database_url)
    async with breaking_way(database_url) as (url, proxy):
        fragile = await Database(url, max_size=1, timeout=5).open()
        proxy.saying = b"BEGIN"  # with which a transaction of a user's begins
        statement = 0
        while True:
            statement += 1
            proxy.breaks_in = statement
            try:
                await act(fragile)
            except ServiceUnavailableError:
                assert everything(database_url) == before, f"statement {statement}"
            else:
                break
        await fragile.close()
    assert proxy.broke >= 6
    assert family.credits_and_kinds() == AFTER[action]


async def test_an_asset_is_finished_once_at_whichever_statement_its_connection_breaks(
    database: Database, database_url: str
) -> None:
    for statement in range(1, 6):
        family = Family(database_url)
        act, _ = await family.prepare("finish", database)
        async with breaking_way(database_url) as (url, proxy):
            fragile = await Database(url, max_size=1, timeout=5).open()
            proxy.breaks_in = statement
            await act(fragile)
            await fragile.close()
        with psycopg.connect(database_url) as connection:
            spent = connection.execute("SELECT usd::float FROM spendings WHERE user_id = %s", (family.id,)).fetchall()
            delivered = connection.execute(
                "SELECT delivered, used_usd::float FROM story_orders WHERE user_id = %s", (family.id,)
            ).fetchall()
        assert (spent, delivered) == ([(0.25,)], [(True, 0.25)])


@pytest.mark.parametrize("action", AFTER)
async def test_a_table_that_takes_no_write_leaves_everything_as_it_was(
    database: Database, database_url: str, action: str
) -> None:
    family = Family(database_url)
    act, _ = await family.prepare(action, database)
    before = everything(database_url)
    impatient = await Database(database_url, timeout=0.5).open()  # others wait for room, within their time
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            """CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$"""
        )
        for table in TOUCHED[action]:
            broken = sql.SQL(
                "CREATE TRIGGER break_down BEFORE INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW"
                " EXECUTE FUNCTION break_down()"
            )
            connection.execute(broken.format(sql.Identifier(table)))
            with pytest.raises((ServiceUnavailableError, PermanentError, psycopg.Error)):
                await act(impatient)
            connection.execute(sql.SQL("DROP TRIGGER break_down ON {}").format(sql.Identifier(table)))
            assert everything(database_url) == before, table
    await impatient.close()
    await act(database)
    assert family.credits_and_kinds() == AFTER[action]
