"""Each invariant of the fault campaign is told when something contradicts it, and says nothing of what is in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from bench.chaos.evidence import Evidence, Row, seen
from bench.chaos.families import Asked
from bench.chaos.invariants import findings
from bench.chaos.kills import Kill
from bench.chaos.plan import plan
from bench.chaos.receiver import Delivery
from storytailor.catalog import ALL_ASSETS, CATALOG
from storytailor.db import Database, Queue
from storytailor.db.asset_records import DataRecord, FileRecord
from storytailor.db.queue import LOST_TOO_OFTEN, TOOK_TOO_LONG
from storytailor.db.story_actions import StoryActions
from storytailor.providers.object_store import object_key
from tests.db.claims import begin_one
from tests.db.conftest import CreateStory

HOOK = "http://127.0.0.1:1/hook"
CREDITS = 100
FAILED = "UPDATE asset_generation_jobs SET error_message = '{reason}' WHERE status = 'failed'"
TOLD = "UPDATE webhook_outbox SET state = 'delivered', settled_at = now(), attempts = 1"


class Ground:
    """Three stories that ended, a whole book, one that failed and one its family cancelled; and all that is seen."""

    def __init__(self, url: str, store: Path, asked: list[Asked]) -> None:
        self.url, self.store, self.asked = url, store, asked
        self.book = asked[0].id
        self.calls: list[Row] = []
        self.kills: list[Kill] = []
        self.deliveries: list[Delivery] | None = None
        self.left_running: list[str] = []

    def do(self, statement: str) -> None:
        """Break something in the database."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statement.replace("BOOK", f"'{self.book}'").encode())

    def call(self, start: float, **what: object) -> None:
        """A call that a provider received."""
        plain = {"schema": None, "route": "images/edits", "digest": "d", "asset": "cover", "fault": None}
        self.calls.append({**plain, "title": self.asked[0].wish.title, "start": start, "end": start + 1.0, **what})

    def calls_again(self) -> None:
        """The same picture twice; the worker was killed long after the first had come."""
        self.call(10.0)
        self.call(30.0)
        self.kills.append(Kill("worker", 25.0))

    def evidence(self) -> Evidence:
        found = seen(self.asked, self.url, None, self.store)
        came = [Delivery(row["id"], row["story"], row["payload"]["type"], taken=True) for row in found.outbox]
        found.deliveries = came if self.deliveries is None else self.deliveries
        found.credits_before = {self.asked[0].family: CREDITS}
        found.calls, found.kills, found.left_running = self.calls, self.kills, self.left_running
        return found

    def broken(self) -> dict[str, list[str]]:
        """What the invariants say that are not held."""
        return {found.name: found.broken for found in findings(self.evidence()) if found.broken}


@pytest.fixture
async def ground(
    database: Database, database_url: str, create_story: CreateStory, queue: Queue, user: UUID, tmp_path: Path
) -> Ground:
    with psycopg.connect(database_url) as connection:  # so that a debit is a credit less
        connection.execute("UPDATE users SET tier = 'free', credits = %s", (CREDITS,))
    book = await create_story(webhook_url=HOOK)
    await _make(queue, tmp_path, book)
    failed = await create_story(webhook_url=HOOK)
    lease = await begin_one(queue)
    await queue.start(lease, "content")
    await queue.fail(lease, "content", "The provider refused.")
    cancelled = await create_story()
    await StoryActions(database).cancel(user, cancelled)
    with psycopg.connect(database_url) as connection:
        connection.execute(TOLD)
    wish = replace(plan(1, 1)[0], webhook=True)
    return Ground(
        database_url,
        tmp_path,
        [
            Asked(wish, str(book), str(user), seen="ready"),
            Asked(wish, str(failed), str(user), seen="failed"),
            Asked(replace(wish, webhook=False), str(cancelled), str(user), cancelled=True, seen="failed"),
        ],
    )


async def _make(queue: Queue, store: Path, story: UUID) -> None:
    lease = await begin_one(queue)
    for asset in ALL_ASSETS:
        await queue.start(lease, asset)
        extension = CATALOG[asset].extension
        if extension is None:
            await queue.finish(lease, asset, DataRecord(data={"made": asset}))
            continue
        body = f"the {asset}".encode()
        key = object_key(story, asset, body, extension)
        (store / key).parent.mkdir(parents=True, exist_ok=True)
        (store / key).write_bytes(body)
        await queue.finish(lease, asset, FileRecord(url=f"/files/{key}", objects={asset: key}))


def _cover(ground: Ground) -> Path:
    (cover,) = (ground.store / "stories" / ground.book).glob("cover-*")
    return cover


def _redeliver(ground: Ground, change: Callable[[Delivery], Iterable[Delivery]]) -> None:
    ground.deliveries = [new for old in ground.evidence().deliveries for new in change(old)]


BREAKS: dict[str, tuple[str, Callable[[Ground], object]]] = {
    "a story is stuck": (
        "each story ends as the rules say",
        lambda g: g.do('SELECT patch_story_assets(BOOK, \'{"pdf": {"status": "generating", "progress": 0}}\')'),
    ),
    "a story was made twice for one request": (
        "each story ends as the rules say",
        lambda g: g.asked.append(g.asked[0]),
    ),
    "a deleted story is still there": (
        "each story ends as the rules say",
        lambda g: setattr(g.asked[0], "deleted", True),
    ),
    "a story was given up as too slow": (
        "nothing fails by our own fault",
        lambda g: g.do(FAILED.format(reason=TOOK_TOO_LONG.format(minutes=15.0))),
    ),
    "a story was lost three times though nothing was killed so often": (
        "nothing fails by our own fault",
        lambda g: g.do(FAILED.format(reason=LOST_TOO_OFTEN.replace("'", "''"))),
    ),
    "an object is gone": ("nothing is ready without its readable object", lambda g: _cover(g).unlink()),
    "an object is another": (
        "nothing is ready without its readable object",
        lambda g: _cover(g).write_bytes(b"half of it"),
    ),
    "a job is said to have failed": (
        "no status contradicts its job",
        lambda g: g.do(
            "UPDATE asset_generation_jobs SET status = 'failed' WHERE story_id = BOOK AND asset_type = 'pdf'"
        ),
    ),
    "a lease is held on what is ready": (
        "no status contradicts its job",
        lambda g: g.do(
            "ALTER TABLE asset_generation_jobs DROP CONSTRAINT only_the_unfinished_is_leased;"
            " UPDATE asset_generation_jobs SET lease_token = gen_random_uuid(), lease_expires_at = now()"
            " WHERE story_id = BOOK AND asset_type = 'pdf'"
        ),
    ),
    "a book was given back": (
        "debits less refunds are the stories that stand",
        lambda g: g.do(
            "INSERT INTO credit_ledger (user_id, story_id, kind, source, turn)"
            " SELECT user_id, story_id, 'refund', source, turn FROM credit_ledger WHERE story_id = BOOK"
        ),
    ),
    "a refund was lost": (
        "debits less refunds are the stories that stand",
        lambda g: g.do("DELETE FROM credit_ledger WHERE kind = 'refund'"),
    ),
    "a credit was lost": (
        "debits less refunds are the stories that stand",
        lambda g: g.do("UPDATE users SET credits = credits - 1"),
    ),
    "a message was lost": ("each end is told once, under one id", lambda g: g.do("DELETE FROM webhook_outbox")),
    "a message still waits": (
        "each end is told once, under one id",
        lambda g: g.do("UPDATE webhook_outbox SET state = 'waiting' WHERE story_id = BOOK"),
    ),
    "an end was told under two ids": (
        "each end is told once, under one id",
        lambda g: _redeliver(g, lambda one: (one, replace(one, message="another"))),
    ),
    "a picture was drawn twice": ("calls made again are explained", lambda g: g.calls_again()),
    "a file is shown by nothing": (
        "no object is forgotten",
        lambda g: (_cover(g).parent / "cover-000000000000.png").write_bytes(b"left"),
    ),
    "a process is left": ("nothing is left running", lambda g: g.left_running.append("process 1 outlived the stack")),
}


async def test_what_is_in_order_contradicts_nothing(ground: Ground) -> None:
    assert ground.broken() == {}


@pytest.mark.parametrize("what", BREAKS)
async def test_each_contradiction_is_told_by_its_invariant(ground: Ground, what: str) -> None:
    invariant, break_it = BREAKS[what]
    break_it(ground)
    assert invariant in ground.broken()


async def test_a_call_made_again_is_explained_by_what_took_its_answer(ground: Ground) -> None:
    ground.call(10.0, fault=503)
    ground.call(12.0, end=None)
    ground.kills.append(Kill("worker", 12.5))
    ground.call(25.0, schema="StoryContent", asset=None)
    ground.asked[0].remade_at.append(40.0)
    ground.call(41.0, schema="StoryContent", asset=None)
    ground.call(24.0)
    assert "calls made again are explained" not in ground.broken()


def test_a_seed_asks_for_the_same_each_time_and_another_seed_for_something_else() -> None:
    assert plan(7, 50) == plan(7, 50) != plan(8, 50)
    assert sum(wish.whole for wish in plan(7, 50)) == 6
