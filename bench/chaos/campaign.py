"""A campaign from the first wish to the evidence, on a stack of its own."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import httpx
import psycopg

from bench.chaos.evidence import Evidence, seen
from bench.chaos.families import Family
from bench.chaos.faults import faults
from bench.chaos.kills import KINDS, Kill, ProcessKind, kill_in_turn
from bench.chaos.plan import WHOLE_SHARE, plan
from bench.chaos.receiver import Receiver, receiving
from bench.chaos.repeats import PATIENCE_SECONDS
from bench.chaos.report import Run
from bench.stacks import RunningStack, local_stack
from bench.tenants import SECRET, Tenant, tenant
from storytailor_cli.local_stack.leftovers import stack_processes

LATENCY = 0.02
"""Of the seed's timing table: a story is written in 0.9 s, a picture drawn in 0.7."""
SETTINGS = {
    "WORKERS": "2",
    "JWT_SECRET": SECRET,
    "PROVIDER_TIMEOUT": f"{PATIENCE_SECONDS:g}",
    "IMAGE_TIMEOUT": f"{PATIENCE_SECONDS:g}",
    "MODERATION_TIMEOUT": "6",
}
"""Patience with a provider that never answers is minutes otherwise, and the campaign has ten."""
SETTLED_SECONDS = 150.0
"""From the last story's end to the last webhook taken and the last run closed."""
UNSETTLED: LiteralString = """
    SELECT (SELECT count(*) FROM webhook_outbox WHERE state = 'waiting')
         + (SELECT count(*) FROM asset_generation_jobs WHERE status IN ('queued', 'generating'))"""
RUNNING: LiteralString = """
    SELECT count(*) FROM dagster.runs
    WHERE status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED') AND pipeline_name <> 'sweep'"""


@dataclass(frozen=True)
class Options:
    """What a campaign is to be.

    `pauses` are the shortest and the longest time between two kills, in seconds; `without` are kinds of faults that are
    left out.
    """

    seed: int
    stories: int = 200
    whole_share: float = WHOLE_SHARE
    fault_share: float = 0.05
    families: int = 8
    at_once: int = 3
    pauses: tuple[float, float] = (4.0, 9.0)
    killed: tuple[ProcessKind, ...] = KINDS
    most_kills: int | None = None
    without: tuple[str, ...] = ()


def run(options: Options) -> tuple[Run, Evidence]:
    """Start a stack, do it all, stop the stack; what is to be told."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="storytailor-chaos-") as name:
        folder = Path(name)
        with local_stack(folder, **SETTINGS) as stack:
            evidence = asyncio.run(campaign(stack, options))
        left = stack_processes(stack.state)
        evidence.left_running = [f"process {process.pid} outlived the stack" for process in left]
        if (stack.state / "postgres" / "postmaster.pid").exists():
            evidence.left_running.append("PostgreSQL was not stopped in good order")
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    told = Run(options.seed, options.stories, options.fault_share, time.monotonic() - began, load, cores)
    return told, evidence


async def campaign(stack: RunningStack, options: Options) -> Evidence:
    """Do it all on a stack that runs with SETTINGS' secret; what can be seen while it still does."""
    random, kills = Random(options.seed), list[Kill]()
    tenants = [_family(stack, number) for number in range(options.families)]
    async with receiving(random) as receiver, httpx.AsyncClient(base_url=stack.emulator, timeout=60) as emulator:
        known = (await emulator.get("/faults")).raise_for_status().json()
        await _behave(emulator, faults(known, options.fault_share, options.seed, options.without))
        (await emulator.delete("/log")).raise_for_status()
        pid, until_up = stack.process.pid, partial(_until_up, stack)
        killing = asyncio.create_task(
            kill_in_turn(pid, random, options.pauses, options.killed, until_up, kills, options.most_kills)
        )
        try:
            families = await _live(stack, options, tenants, receiver)
        finally:
            killing.cancel()
            with suppress(asyncio.CancelledError):
                await killing
        await _behave(emulator, [])
        await _settle(stack)
        asked = [story for family in families for story in family.asked]
        store = stack.state / "assets"
        found = await asyncio.to_thread(seen, asked, stack.database(), stack.database("dagster"), store)
        found.calls = (await emulator.get("/log")).raise_for_status().json()
        found.served = await _served(stack, tenants, found)
    found.kills, found.deliveries = kills, receiver.deliveries
    found.credits_before = {str(one.id): CREDITS for one in tenants}
    found.answers = sum((family.answers for family in families), Counter[int]())
    return found


CREDITS = 100_000
"""What `bench.tenants.tenant` gives."""


def _family(stack: RunningStack, number: int) -> Tenant:
    """One with a character unlike any other family's, so that no two families ask a provider for the same portrait."""
    made = tenant(stack.database())
    with psycopg.connect(stack.database()) as connection:
        looks = f"curly hair, a coat with {number + 1} buttons"
        connection.execute("UPDATE characters SET appearance = %s WHERE id = %s", (looks, made.character))
    return made


async def _behave(emulator: httpx.AsyncClient, struck: list[dict[str, Any]]) -> None:
    config = {"latency": LATENCY, "answers": "canned", "faults": struck}
    (await emulator.post("/config", json=config)).raise_for_status()


async def _live(stack: RunningStack, options: Options, tenants: list[Tenant], receiver: Receiver) -> list[Family]:
    wishes = plan(options.seed, options.stories, options.whole_share)
    families, limits = [], httpx.Limits(keepalive_expiry=2)  # before the server's
    async with asyncio.TaskGroup() as group:
        for number, one in enumerate(tenants):
            api = httpx.AsyncClient(base_url=stack.api, headers=one.headers, timeout=30, limits=limits)
            family = Family(one, api, receiver.url)
            families.append(family)
            group.create_task(family.live(wishes[number :: len(tenants)], at_once=options.at_once))
    for family in families:
        await family.api.aclose()
    return families


async def _until_up(stack: RunningStack) -> None:
    """Wait until the API serves stories again."""
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(stack.ready)).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.5)


async def _settle(stack: RunningStack) -> None:
    """Wait until nothing is under way any more, or for SETTLED_SECONDS; what is then left is told."""

    def under_way() -> int:
        left = 0
        for url, query in ((stack.database(), UNSETTLED), (stack.database("dagster"), RUNNING)):
            with psycopg.connect(url) as connection:
                ((count,),) = connection.execute(query).fetchall()
                left += count
        return left

    ends = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < ends:
        with suppress(psycopg.OperationalError):  # PostgreSQL was killed a moment ago
            if not await asyncio.to_thread(under_way):
                return
        await asyncio.sleep(1)


async def _served(stack: RunningStack, tenants: list[Tenant], found: Evidence) -> dict[str, str | None]:
    """What the URLs that families are given lead to: by the object's key, the SHA-256 of what came."""
    served: dict[str, str | None] = {}
    by_id = {str(one.id): one for one in tenants}
    async with httpx.AsyncClient(base_url=stack.api, timeout=60) as client:
        for story, row in found.stories.items():
            if not row["objects"] or row["family"] not in by_id:
                continue
            headers = by_id[row["family"]].headers
            shown = (await client.get(f"/stories/{story}", headers=headers)).raise_for_status().json()["data"]
            for name, asset in shown["asset_generation_status"]["assets"].items():
                if asset["status"] == "ready" and asset.get("url") and name in row["objects"]:
                    file = await client.get(asset["url"])
                    served[row["objects"][name]] = hashlib.sha256(file.content).hexdigest() if file.is_success else None
    return served
