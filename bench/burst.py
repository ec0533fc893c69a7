"""Many stories at once: how far over its path each is done, in which order, and how long a POST takes meanwhile.

    python -m bench.burst [--stories 60] [--latency 0.1] [--steady SECONDS] [--storytailor COMMAND]

A local stack of its own in a folder of its own, on canned answers. One story alone shows how long the path is (from the
emulator's log); then so many are asked for at once. Meanwhile, twice a second, another family asks for one that it
cancels at once: that POST is what is timed, and how much of it its two judges took (latency of the emulator, mostly).
`--steady` asks for 20 a minute before the burst, for so many seconds; there the POSTs of these stories are timed, since
one that is cancelled costs a run of its own while workers are free.
`--storytailor` names the command of another checkout, to compare with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from bench.abuse import tenant
from storytailor.db.demo import DEMO_USER
from storytailor_cli.local_stack.network import free_port

MAYA = "00000000-0000-4000-8000-000000000101"
STORY = {"character_ids": [MAYA], "story_type": "bedtime", "themes": ["courage"], "generateAssets": True}
RATES = ("CREATE_RATE_PER_MINUTE", "USER_RATE_PER_MINUTE", "ACTION_RATE_PER_MINUTE")
JUDGES = 2
"""Calls for a request: the moderation's, and the rubric's beside it."""
PORTS = ("API_PORT", "DAGSTER_PORT", "EMULATOR_PORT")


@dataclass
class Stack:
    """A running stack's API as the demo user and as another family, and its emulator."""

    api: httpx.AsyncClient
    other: httpx.AsyncClient
    emulator: httpx.AsyncClient


@dataclass
class Posts:
    """When each POST was sent and answered, in epoch seconds."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """How long each took."""
        return [end - start for start, end in self.spans]

    async def ask(self, api: httpx.AsyncClient, story: dict[str, Any]) -> str:
        """Ask for a story; its id."""
        began = time.time()
        answer = await api.post("/stories", json=story)
        self.spans.append((began, time.time()))
        story_id: str = answer.raise_for_status().json()["data"]["id"]
        return story_id

    def without(self, judged: list[tuple[float, float]]) -> list[float]:
        """How long each took less its judges, who are asked side by side; those whose judges the log still knows."""
        seconds = []
        for start, end in self.spans:
            calls = [call for call in judged if start <= call[0] and call[1] <= end]
            if len(calls) == JUDGES:
                seconds.append(end - start - (max(until for _, until in calls) - min(since for since, _ in calls)))
        return seconds


@contextmanager
def local_stack(command: str, folder: Path) -> Iterator[dict[str, str]]:
    """`storytailor up` in this folder, until the end of the block; its settings."""
    settings = {port: str(free_port()) for port in PORTS} | dict.fromkeys(RATES, "100000")
    output = folder / "up.txt"
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "WORKERS")}
    with output.open("wb") as out:
        process = subprocess.Popen((command, "up"), cwd=folder, env=kept | settings, stdout=out, stderr=out)
    try:
        while "The local stack is up" not in output.read_text():
            if process.poll() is not None:
                raise SystemExit(output.read_text())
            time.sleep(0.2)
        yield settings
    finally:
        if keep := os.environ.get("KEEP_LOGS"):
            shutil.copytree(folder / ".storytailor" / "logs", keep, dirs_exist_ok=True)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def token(command: str, folder: Path, settings: dict[str, str], user_id: UUID) -> str:
    """A bearer's, for the stack in this folder."""
    asked = (command, "token", "--user", str(user_id))
    printed = subprocess.run(asked, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=True)
    return printed.stdout.splitlines()[-1]


@asynccontextmanager
async def connected(bearers: tuple[str, str], settings: dict[str, str]) -> AsyncIterator[Stack]:
    """The running stack."""
    demo, other = ({"Authorization": f"Bearer {bearer}"} for bearer in bearers)
    api_url, emulator_url = (f"http://127.0.0.1:{settings[port]}" for port in ("API_PORT", "EMULATOR_PORT"))
    limits = httpx.Limits(max_connections=32, keepalive_expiry=2)  # before the server's
    async with (
        httpx.AsyncClient(base_url=f"{api_url}/api/v1", headers=demo, timeout=60, limits=limits) as api,
        httpx.AsyncClient(base_url=f"{api_url}/api/v1", headers=other, timeout=60, limits=limits) as other_api,
        httpx.AsyncClient(base_url=f"{emulator_url}/_emulator", timeout=60) as emulator,
    ):
        yield Stack(api, other_api, emulator)


async def generating(stack: Stack) -> set[str]:
    """The stories under way."""
    answer = await stack.api.get("/stories", params={"status": "generating", "limit": 100})
    return {story["id"] for story in answer.raise_for_status().json()["data"]["items"]}


async def finished(stack: Stack, *ids: str) -> list[float]:
    """Wait for these stories; when the last asset of each was ready, in epoch seconds.

    One look a second for all of them: whoever waits for many stories asks once, or the waiting is a load of its own.
    """
    while await generating(stack) & set(ids):  # noqa: ASYNC110, nothing notifies us
        await asyncio.sleep(1)
    return [await finished_at(stack, story_id) for story_id in ids]


async def finished_at(stack: Stack, story_id: str) -> float:
    """When the last asset of a story was ready."""
    status = (await stack.api.get(f"/stories/{story_id}")).raise_for_status().json()["data"]["asset_generation_status"]
    if status["overall"] != "ready":
        raise SystemExit(f"Story {story_id} ended {status['overall']}: {json.dumps(status['assets'])}")
    return max(datetime.fromisoformat(asset["completedAt"]).timestamp() for asset in status["assets"].values())


async def path_seconds(stack: Stack) -> float:
    """How long the providers take for one story, from its first call to its last."""
    await finished(stack, await Posts().ask(stack.api, STORY))  # whatever is loaded once
    await stack.emulator.delete("/log")
    await finished(stack, await Posts().ask(stack.api, STORY))
    calls = [call for call in (await stack.emulator.get("/log")).json() if call["route"] != "moderations"]
    return float(max(call["end"] for call in calls) - min(call["start"] for call in calls))


@dataclass
class Probe:
    """What another family asks for, and its judges' calls, known in the emulator's log by their size."""

    story: dict[str, Any]
    judges: set[tuple[str, int]]

    @classmethod
    async def alone(cls, stack: Stack) -> Probe:
        """Asked for once, while nothing is being made."""
        (character,) = (await stack.other.get("/characters")).raise_for_status().json()["data"]["items"]
        probe = cls(STORY | {"character_ids": [character["id"]], "title": "A probe of the line"}, set())
        probe.judges = await judges_of(stack, probe.ask(stack, Posts()))
        return probe

    async def ask(self, stack: Stack, posts: Posts) -> None:
        """Ask for it, and cancel it before anything is made."""
        story_id = await posts.ask(stack.other, self.story)
        await stack.other.post(f"/stories/{story_id}/cancel")


async def judges_of(stack: Stack, asking: Awaitable[object]) -> set[tuple[str, int]]:
    """The calls that asking for a story makes before it is answered, while nothing else is being made."""
    await stack.emulator.delete("/log")
    await asking
    answered = time.time()
    log = (await stack.emulator.get("/log")).json()
    return {_mark(call) for call in log if call["end"] and call["end"] <= answered}


@asynccontextmanager
async def probing(stack: Stack, probe: Probe, every: float = 0.5) -> AsyncIterator[Posts]:
    """Meanwhile another family asks for a story, every so many seconds; its POSTs."""
    posts = Posts()

    async def keep_asking() -> None:
        while True:
            await probe.ask(stack, posts)
            await asyncio.sleep(every)

    task = asyncio.create_task(keep_asking())
    try:
        yield posts
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def while_probing(stack: Stack, probe: Probe, what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do this, and say how another family's POST fared meanwhile, and how it would with judges who answer at once."""
    await stack.emulator.delete("/log")
    async with probing(stack, probe) as posts:
        await work()
    await tell_posts(stack, posts, probe.judges, f"{what}: another's POST beside it")


async def tell_posts(stack: Stack, posts: Posts, judges: set[tuple[str, int]], what: str) -> None:
    """How long these POSTs took, and how long they would with judges who answer at once."""
    log = (await stack.emulator.get("/log")).json()
    judged = [(call["start"], call["end"]) for call in log if call["end"] and _mark(call) in judges]
    print(f"{what}  {_quantiles(posts.seconds)}")
    print(f"{what}, without its judges  {_quantiles(posts.without(judged))}")


def _mark(call: dict[str, Any]) -> tuple[str, int]:
    return call["route"], call["request_bytes"]


async def burst(stack: Stack, many: int, path: float) -> None:
    """Ask for so many at once, and say when they were done."""
    posts = Posts()
    began = time.time()
    ids = await asyncio.gather(*(posts.ask(stack.api, STORY) for _ in range(many)))
    ends = await finished(stack, *ids)
    created = {story_id: (await stack.api.get(f"/stories/{story_id}")).json()["data"]["created_at"] for story_id in ids}
    by_age = [end for _, end in sorted(zip(created.values(), ends, strict=True))]
    over = sorted(end - began - path for end in ends)
    print(f"burst of {many}: over the path, first {over[0]:.1f} s, median {statistics.median(over):.1f} s, "
          f"last {over[-1]:.1f} s; {many / (over[-1] + path) * 60:.1f} a minute")  # fmt: skip
    print(f"burst of {many}: order of finish against order asked: {_rank_correlation(by_age):.2f} (1 = the same)")
    print(f"burst of {many}: its own POSTs {_quantiles(posts.seconds)}")


async def steady(stack: Stack, seconds: float, path: float) -> None:
    """Ask for 20 a minute, and say how far over the path each was done, and how long it took to be asked for."""
    judges = await judges_of(stack, Posts().ask(stack.api, STORY))
    posts, asked = Posts(), dict[str, float]()
    for _ in range(round(seconds / 3)):
        began = time.time()
        asked[await posts.ask(stack.api, STORY)] = began
        await asyncio.sleep(began + 3 - time.time())
    ends = await finished(stack, *asked)
    over = [end - began - path for began, end in zip(asked.values(), ends, strict=True)]
    print(f"20 a minute: over the path, median {statistics.median(over):.1f} s, last {max(over):.1f} s")
    await tell_posts(stack, posts, judges, "20 a minute: their POSTs")


def _quantiles(seconds: list[float]) -> str:
    ordered = sorted(seconds) or [0.0]
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in
          (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))}  # fmt: skip
    return ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in at.items()) + f" of {len(seconds)}"


def _rank_correlation(ends: list[float]) -> float:
    """Spearman's, of when they ended with the order in which they are given."""
    ranks = {end: rank for rank, end in enumerate(sorted(ends))}
    return statistics.correlation(list(range(len(ends))), [ranks[end] for end in ends])


async def measure(asked: argparse.Namespace, bearers: tuple[str, str], settings: dict[str, str]) -> None:
    """The whole of it."""
    async with connected(bearers, settings) as stack:
        await stack.emulator.post("/config", json={"latency": asked.latency, "answers": "canned"})
        began = time.time()
        path = await path_seconds(stack)
        print(f"the path: {path:.1f} s; two stories alone, one after the other: {time.time() - began:.1f} s")
        probe = await Probe.alone(stack)
        await while_probing(stack, probe, "idle", lambda: asyncio.sleep(10))
        if asked.steady:
            await steady(stack, asked.steady, path)
        await while_probing(stack, probe, f"burst of {asked.stories}", lambda: burst(stack, asked.stories, path))
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """Measure on a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stories", type=int, default=60)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--steady", type=float, default=0)
    parser.add_argument("--storytailor", default=str(Path(sys.executable).with_name("storytailor")))
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name, local_stack(asked.storytailor, folder := Path(name)) as settings:
        family = tenant(f"postgresql://postgres@/storytailor?host={folder / '.storytailor' / 'sockets'}")
        demo, other = (token(asked.storytailor, folder, settings, user) for user in (DEMO_USER, family.id))
        asyncio.run(measure(asked, (demo, other), settings))


if __name__ == "__main__":
    main()
