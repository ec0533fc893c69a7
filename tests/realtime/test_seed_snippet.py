"""The seed's front-end snippet, unchanged, under Node with the real supabase-js."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from storytailor.catalog import CATALOG, AssetName
from storytailor.db import Database, Lease, Queue
from storytailor.db.asset_records import FileRecord
from tests.api.conftest import Person, token
from tests.api.test_events import Served, until_subscribed
from tests.realtime.conftest import QUIET
from tests.realtime.node import FOLDER, Node, find_node, install


class Page:
    """A page that runs the snippet, and what it was told to do."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: list[list[Any]] = []

    async def next(self, what: str = "progress") -> Any:
        """What the page is next told of this kind; the rest of what it is told is kept in `told`."""
        assert self._process.stdout
        async with asyncio.timeout(15):
            while line := await self._process.stdout.readline():
                self.told.append(json.loads(line))
                if self.told[-1][0] == what:
                    return self.told[-1][1]
        raise AssertionError(f"The page ended before it was told {what}.")

    async def unmount(self) -> None:
        """Leave the page; what it was still told is in `told`."""
        async with asyncio.timeout(15):
            output, _ = await self._process.communicate(b"")
        self.told += [json.loads(line) for line in output.splitlines()]
        assert self._process.returncode == 0


@pytest.fixture(scope="session")
def node() -> Node:
    found = find_node()
    install(found)
    return found


@contextlib.asynccontextmanager
async def opened(node: Node, served: Served, person: Person, story_id: str) -> AsyncIterator[Page]:
    """The page as this person sees it, once its subscription stands."""
    surroundings = {
        "SUPABASE_URL": str(served.client.base_url),
        "SUPABASE_ANON_KEY": token(person.id),
        "STORY_ID": story_id,
    }
    process = await asyncio.create_subprocess_exec(
        *node.command, "page.mjs", cwd=FOLDER, env=os.environ | surroundings, stdin=PIPE, stdout=PIPE
    )
    try:
        page = Page(process)
        await page.next("subscribed")
        yield page
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def make_asset(queue: Queue, lease: Lease, asset: AssetName) -> AsyncIterator[str]:
    """Make an asset as a worker does; after each write, the state it wrote."""
    await queue.start(lease, asset)
    yield "generating 0"
    await queue.progress(lease, asset, 50)
    yield "generating 50"
    await queue.finish(lease, asset, FileRecord(url=f"https://assets.example/{asset}", objects={}))
    yield "ready 100"


def state_of(status: dict[str, Any], asset: str) -> str:
    state = status["assets"][asset]
    return f"{state['status']} {state['progress']}"


async def test_the_snippet_sees_every_change_of_a_story_until_it_is_ready(
    node: Node, served: Served, maya: Person, database: Database, story_id: str
) -> None:
    queue = Queue(database)
    lease = await queue.take(UUID(story_id), CATALOG)
    async with opened(node, served, maya, story_id) as page:
        for asset in lease.assets:
            async for written in make_asset(queue, lease, asset):
                status = await page.next()
                assert state_of(status, asset) == written
        loaded = await page.next("load")
        await page.unmount()

    assert status["overall"] == "ready"
    assert loaded == story_id
    assert sum(what == "progress" for what, *_ in page.told) == 3 * len(CATALOG)
    assert ["toast", "Cover art ready!", "success"] in page.told
    assert page.told[-2:] == [["toast", "Story complete! 🎉", "success"], ["load", story_id]]
    await until_subscribed(served, 0)


async def test_under_load_the_snippet_sees_progress_that_never_goes_back_and_its_end(
    node: Node, served: Served, maya: Person, database: Database, story_id: str
) -> None:
    queue = Queue(database)
    lease = await queue.take(UUID(story_id), CATALOG)
    async with opened(node, served, maya, story_id) as page:
        for asset in lease.assets:
            async for _ in make_asset(queue, lease, asset):
                pass
        await page.next("load")
        await page.unmount()

    seen = [about for what, about, *_ in page.told if what == "progress"]
    done = [sum(state["progress"] for state in status["assets"].values()) for status in seen]
    assert done == sorted(done)
    assert [status["overall"] for status in seen] == ["generating"] * (len(seen) - 1) + ["ready"]


async def test_the_snippet_says_when_a_story_has_failed(
    node: Node, served: Served, maya: Person, database: Database, story_id: str
) -> None:
    queue = Queue(database)
    lease = await queue.take(UUID(story_id), ["content"])
    async with opened(node, served, maya, story_id) as page:
        await queue.start(lease, "content")
        await page.next()
        await queue.fail(lease, "content", "The model was refused.")
        status = await page.next()
        assert await page.next("toast") == "Story generation failed"
        await page.unmount()

    assert status["assets"]["content"]["error"] == "The model was refused."


async def test_with_another_tenants_token_the_snippet_sees_nothing(
    node: Node, served: Served, maya: Person, stranger: Person, database: Database, story_id: str
) -> None:
    queue = Queue(database)
    lease = await queue.take(UUID(story_id), CATALOG)
    async with (
        opened(node, served, stranger, story_id) as theirs,
        opened(node, served, maya, story_id) as own,
    ):
        for asset in lease.assets:
            async for _ in make_asset(queue, lease, asset):
                await own.next()
        await asyncio.sleep(QUIET)
        await theirs.unmount()
        await own.unmount()

    assert theirs.told == [["subscribed", story_id]]
