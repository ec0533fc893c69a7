"""What a story leaves and asks for: rows, bytes, files, statements, calls. The inputs of `bench.fleet`.

    python -m bench.footprint [--stories 12]

A local stack of its own, on canned answers with hardly any latency: what is counted does not depend on it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from redis import Redis

from bench.asking import Posts, finished
from bench.measured_stack import Stack, measured_stack

SIZES: LiteralString = """
    SELECT sum(pg_total_relation_size(pg_class.oid)) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"""
COUNTS: LiteralString = """
    SELECT xact_commit AS transactions, tup_inserted + tup_updated + tup_deleted AS rows_written FROM pg_stat_database
    WHERE datname = current_database()"""


async def footprint(stack: Stack, stories: int) -> Mapping[str, Any]:
    """Each figure of one story, the mean of so many."""
    await finished(stack, [await Posts().ask(stack.api) for _ in range(2)])  # whatever is made or loaded once
    await stack.emulator.delete("/log")
    before = await _counted(stack)
    posts = Posts()
    ids = [await posts.ask(stack.api) for _ in range(stories)]
    await finished(stack, ids)
    await asyncio.sleep(3)  # statistics are told by each connection when it is idle
    after = await _counted(stack)
    told: dict[str, Any] = {name: round((after[name] - before[name]) / stories, 1) for name in after}
    calls = Counter((call["route"].split("/")[0], call["schema"] or "") for call in await stack.calls())
    told["calls"] = {" ".join(what).strip(): round(number / stories, 2) for what, number in sorted(calls.items())}
    story = (await stack.api.get(f"/stories/{ids[0]}")).raise_for_status().json()["data"]
    told["usage"], told["cost_usd"] = story.get("usage"), story.get("cost_usd")
    return told


async def _counted(stack: Stack) -> dict[str, float]:
    return await asyncio.to_thread(_count, stack)


def _count(stack: Stack) -> dict[str, float]:
    counted: dict[str, float] = {}
    for name in ("storytailor", "dagster"):
        with psycopg.connect(stack.running.database(name)) as connection:
            connection.execute("CHECKPOINT")
            (counted[f"{name} bytes"],) = connection.execute(SIZES).fetchone() or (0,)
            transactions, rows = connection.execute(COUNTS).fetchone() or (0, 0)
            counted[f"{name} transactions"], counted[f"{name} rows written"] = transactions, rows
    with psycopg.connect(stack.running.database("dagster")) as connection:
        (counted["wal bytes"],) = connection.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchone() or (0,)
        (counted["dagster events"],) = connection.execute("SELECT count(*) FROM dagster.event_logs").fetchone() or (0,)
    files = [path for path in (stack.running.state / "assets").rglob("*") if path.is_file()]
    counted["objects"], counted["object bytes"] = len(files), sum(path.stat().st_size for path in files)
    counted["broker commands"] = _broker_commands(stack.running.state / "valkey" / "valkey.conf")
    return {name: float(value) for name, value in counted.items()}


def _broker_commands(config: Path) -> int:
    said = dict(line.split(maxsplit=1) for line in config.read_text().splitlines())
    with Redis(port=int(said["port"]), password=said["requirepass"]) as broker:
        stats: dict[str, Any] = broker.info("stats")
        return int(stats["total_commands_processed"])


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=12)
    options = parser.parse_args()
    async with measured_stack() as stack:
        await stack.behave(latency=0.02, answers="canned")
        print(json.dumps(await footprint(stack, options.stories), indent=2))


if __name__ == "__main__":
    asyncio.run(main())
