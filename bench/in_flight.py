"""How many stories are made side by side, and what memory each takes of the workers."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg

from bench.asking import Posts, finished
from bench.measured_stack import Stack
from bench.report import Results

MANY = 100
LATENCY = 1.0
"""The seed's own: a story waits for its providers for two minutes and a half, so that many are under way."""


async def in_flight(stack: Stack, results: Results, *, many: int = MANY) -> None:
    """Ask for so many at the seed's latencies; how many are generating at the most, and the workers' memory then.

    Ends the benchmark when one of them ends otherwise than ready.
    """
    await stack.behave(latency=LATENCY, answers="canned")
    before, most = stack.worker_bytes(), [0, 0]

    async def watch() -> None:
        while True:
            jobs = await under_way(stack)
            if jobs > most[0]:
                most[:] = jobs, stack.worker_bytes()
            await asyncio.sleep(2)

    posts = Posts()
    ids = await asyncio.gather(*(posts.ask(stack.api) for _ in range(many)))
    watching = asyncio.create_task(watch())
    await finished(stack, ids)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    results.measured("in_flight", most[0])
    results.measured("memory_mb_per_story_in_flight", (most[1] - before) / 1e6 / max(1, most[0]))
    results.notes["in_flight_asked"] = many


async def under_way(stack: Stack) -> int:
    """How many stories a worker has begun and not ended."""
    begun = "begun_at IS NOT NULL AND lease_token IS NOT NULL"
    query = f"SELECT count(DISTINCT lease_token) FROM asset_generation_jobs WHERE {begun}".encode()  # noqa: S608
    async with await psycopg.AsyncConnection.connect(stack.running.database()) as connection:
        ((count,),) = await (await connection.execute(query)).fetchall()
    return int(count)
