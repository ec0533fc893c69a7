"""Stories of words only, with retention at minutes: what Dagster's tables hold, and how long an asset's page takes.

    python -m bench.retention [--stories 300] [--minutes 3] [--a-minute 60]

A local stack of its own in a folder of its own, on canned answers that nobody judges, with RETENTION_DAYS so short that
the sweep, which comes every five minutes, forgets while stories go on being made. Every minute: the rows of the tables
that grow, and the time of the query behind the asset's page. At the end, once all stories rest: what is left.
3,000 stories are the full form.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from psycopg import sql

from bench.asking import STORY
from bench.stacks import STORYTAILOR, RunningStack, local_stack
from storytailor.db.demo import DEMO_USER
from storytailor.db.engines import DAGSTER_TABLES

WORDS_ONLY = {**STORY, "generateAssets": False}
AT_ONCE = 8
SWEEP_SECONDS = 300.0
PAGE = """query { assetNodeOrError(assetKey: {path: ["content"]}) { ... on AssetNode {
    id
    partitionKeysByDimension { name partitionKeys }
    assetPartitionStatuses { __typename
        ... on DefaultPartitionStatuses {
            materializedPartitions failedPartitions unmaterializedPartitions materializingPartitions } }
    assetMaterializations(limit: 100) { runId timestamp partition }
    latestMaterializationByPartition { runId timestamp partition }
} } }"""
"""What Dagster's UI asks for the page of an asset with its partitions, in one."""


@dataclass
class Tables:
    """The rows of Dagster's tables, now and at the most."""

    url: str
    most: dict[str, int] = field(default_factory=dict)

    def count(self) -> dict[str, int]:
        """How many there are now."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            rows = {}
            for table in DAGSTER_TABLES:
                counted = connection.execute(sql.SQL("SELECT count(*) FROM dagster.{}").format(sql.Identifier(table)))
                ((rows[table],),) = counted.fetchall()
        self.most = {table: max(count, self.most.get(table, 0)) for table, count in rows.items()}
        return rows

    def megabytes(self) -> float:
        """What they take on disk, indexes included."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            query = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = 'dagster'"
            ((size,),) = connection.execute(query).fetchall()
        return float(size) / 1e6


async def page_seconds(dagster: httpx.AsyncClient) -> float:
    """How long the asset's page waits for its data."""
    began = time.perf_counter()
    answer = (await dagster.post("/graphql", json={"query": PAGE})).raise_for_status().json()
    if "errors" in answer or not answer["data"]["assetNodeOrError"]:
        raise SystemExit(f"Dagster does not answer as it should: {answer}")
    return time.perf_counter() - began


async def generating(api: httpx.AsyncClient) -> bool:
    """Whether a story is under way."""
    answer = await api.get("/stories", params={"status": "generating", "limit": 1})
    return bool(answer.raise_for_status().json()["data"]["items"])


async def ask_for(api: httpx.AsyncClient, many: int, a_minute: float) -> None:
    """Ask for so many stories, as evenly as that, with few under way at a time."""
    began, room = time.monotonic(), asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with room:
            while (answer := await api.post("/stories", json=WORDS_ONLY)).status_code == 503:  # noqa: ASYNC110, nothing notifies us
                await asyncio.sleep(float(answer.headers["Retry-After"]))  # a machine that is too busy to judge it
            answer.raise_for_status()

    async with asyncio.TaskGroup() as group:
        for number in range(many):
            await asyncio.sleep(max(0.0, began + number * 60 / a_minute - time.monotonic()))
            group.create_task(one())
    while await generating(api):  # noqa: ASYNC110, nothing notifies us
        await asyncio.sleep(1)


async def watch(tables: Tables, dagster: httpx.AsyncClient, pages: list[float]) -> None:
    """Print the rows that grow, every minute."""
    began = time.monotonic()
    while True:
        pages.append(await page_seconds(dagster))
        rows = await asyncio.to_thread(tables.count)
        shown = ", ".join(f"{name} {rows[name]}" for name in ("dynamic_partitions", "runs", "event_logs", "job_ticks"))
        print(f"{(time.monotonic() - began) / 60:5.1f} min: {shown}; page {pages[-1]:.2f} s", flush=True)
        await asyncio.sleep(60)


async def measure(asked: argparse.Namespace, running: RunningStack, tables: Tables) -> None:
    """The whole of it."""
    demo = {"Authorization": f"Bearer {running.token(DEMO_USER)}"}
    api, dagster, emulator = (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=60)
        for url, headers in ((running.api, demo), (running.dagster, {}), (running.emulator, {}))
    )
    async with api, dagster, emulator:
        await emulator.post("/config", json={"latency": "none", "answers": "canned"})
        before, pages = tables.count(), list[float]()
        watching = asyncio.create_task(watch(tables, dagster, pages))
        began = time.monotonic()
        await ask_for(api, asked.stories, asked.a_minute)
        print(f"{asked.stories} stories made in {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
        ends = time.monotonic() + 60 * asked.minutes + 2 * SWEEP_SECONDS + 60
        while (await asyncio.to_thread(tables.count))["dynamic_partitions"] and time.monotonic() < ends:  # noqa: ASYNC110, likewise
            await asyncio.sleep(10)
        watching.cancel()
        after, page = tables.count(), await page_seconds(dagster)
        print(f"{'table':32} {'before':>8} {'most':>8} {'after':>8}")
        for table in DAGSTER_TABLES:
            if tables.most[table]:
                print(f"{table:32} {before[table]:8} {tables.most[table]:8} {after[table]:8}")
        listed = await api.get("/stories", params={"status": "ready", "limit": 100})
        kept = len(listed.raise_for_status().json()["data"]["items"])
        print(f"the page of an asset: slowest {max(pages):.2f} s, at the end {page:.2f} s; "
              f"Dagster's tables {tables.megabytes():.1f} MB; stories listed on the first page: {kept}")  # fmt: skip
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """Measure on a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stories", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=3, help="RETENTION_DAYS, in minutes")
    parser.add_argument("--a-minute", type=float, default=60, help="stories asked for in a minute")
    parser.add_argument("--storytailor", default=STORYTAILOR)
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        days = f"{asked.minutes / 24 / 60:.6f}"
        (folder / ".env").write_text(f"RETENTION_DAYS={days}\nMODERATION=off\nSTORIES_IN_FLIGHT=16\n")
        with local_stack(folder, command=asked.storytailor) as running:
            with psycopg.connect(running.database()) as connection:
                connection.execute("UPDATE users SET credits = 100000")
            asyncio.run(measure(asked, running, Tables(running.database("dagster"))))


if __name__ == "__main__":
    main()
