"""How long each process's death is felt: median and worst of so many `kill -9` of each, on a stack of two workers.

    python -m bench.recovery [--times 10] [--only worker,api]

What counts is what a family would notice: a worker's story that moves again, an API that answers, a new story that is
being made (for database and broker from when they take connections again).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import httpx
import psycopg

from bench.chaos.kills import ProcessKind, processes
from bench.chaos.report import table
from bench.stacks import RunningStack, local_stack
from bench.tenants import SECRET, Tenant, tenant
from storytailor_cli.local_stack.network import LOOPBACK, port_problem

T = TypeVar("T")

LOOK_SECONDS = 0.05
GIVE_UP_SECONDS = 180.0
HELD_SECONDS = 60.0
"""How long the call lasts in whose midst a worker is killed."""
BETWEEN_SECONDS = 4.0
"""For which all is well between two kills. The processes take turns, so that each has lived for a while: one that exits
again and again within seconds of its start counts as one that cannot be kept running.
"""
BEGUN: LiteralString = """
    SELECT FROM asset_generation_jobs WHERE story_id = %s AND (begun_at IS NOT NULL OR status <> 'queued')"""


@dataclass(frozen=True)
class Goal:
    """What is measured, and within how many seconds it should be, at the median and at worst."""

    until: str
    median: float
    worst: float


GOALS: dict[ProcessKind, Goal] = {
    "worker": Goal("its story is made again", 12, 20),
    "api": Goal("it answers", 3, 3),
    "daemon": Goal("a new story is being made", 15, 15),
    "code": Goal("a new story is being made", 10, 10),
    "postgres": Goal("it answers; from then, a new story is being made", 15, 15),
    "valkey": Goal("it answers; from then, a new story is being made", 15, 15),
}


class Fleet:
    """A running stack, as a family sees it and as whoever kills its processes does."""

    def __init__(self, stack: RunningStack, family: Tenant) -> None:
        self._stack = stack
        self._family = family
        self._api = httpx.Client(base_url=stack.api, headers=family.headers, timeout=10)
        self._emulator = httpx.Client(base_url=stack.emulator, timeout=30)

    def kill(self, kind: ProcessKind, *, node: str = "") -> float:
        """Kill the process, of several the one with this in its command line; when, by the monotonic clock."""
        found = [one for one in processes(self._stack.process.pid, kind) if node in " ".join(one.cmdline())]
        (process,) = found
        process.kill()
        return time.monotonic()

    def behave(self, **config: object) -> None:
        """Have the emulator do so, and forget what it was called for."""
        self._emulator.post("/config", json={"answers": "canned", **config}).raise_for_status()
        self._emulator.delete("/log").raise_for_status()

    def calls(self, schema: str) -> list[dict[str, Any]]:
        """The calls for this answer."""
        log = self._emulator.get("/log").raise_for_status().json()
        return [call for call in log if call["schema"] == schema]

    def ask(self) -> str:
        """Ask for a story of words until one is taken; its id."""
        body = {"character_ids": [str(self._family.character)], "story_type": "bedtime", "themes": ["courage"]}

        def asked() -> str | None:
            with suppress(httpx.TransportError):
                answer = self._api.post("/stories", json={**body, "generateAssets": False})
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    story_id: str = answer.raise_for_status().json()["data"]["id"]
                    return story_id
            return None

        return until(asked)

    def answers(self) -> bool:
        """Whether a family's request is answered."""
        with suppress(httpx.TransportError):
            return self._api.get("/me").is_success
        return False

    def holds(self, query: LiteralString, story_id: str) -> bool:
        """Whether the database has such a job of this story."""
        with suppress(psycopg.OperationalError), psycopg.connect(self._stack.database()) as connection:
            return connection.execute(query, (story_id,)).fetchone() is not None
        return False

    def listens(self) -> bool:
        """Whether PostgreSQL takes connections."""
        with suppress(psycopg.OperationalError), psycopg.connect(self._stack.database()):
            return True
        return False

    def broker_listens(self) -> bool:
        """Whether the broker takes connections."""
        config = (self._stack.state / "valkey" / "valkey.conf").read_text()
        (port,) = (int(line.split()[1]) for line in config.splitlines() if line.startswith("port "))
        return port_problem(LOOPBACK, port) is not None

    def node_of(self, story_id: str) -> str:
        """The worker that makes this story, by its log."""
        logs = self._stack.state / "logs"
        (node,) = (
            name for name in ("worker", "worker-2") if f"of story {story_id}" in (logs / f"{name}.log").read_text()
        )
        return node

    def is_ready(self, story_id: str) -> bool:
        """Whether it is made."""
        shown: dict[str, Any] = self._api.get(f"/stories/{story_id}").raise_for_status().json()["data"]
        return bool(shown["status"] == "ready")


def until(look: Callable[[], T | None]) -> T:
    """The first true answer."""
    ends = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < ends:
        if answer := look():
            return answer
        time.sleep(LOOK_SECONDS)
    raise SystemExit(f"It did not come back within {GIVE_UP_SECONDS:.0f} s.")


def worker(fleet: Fleet) -> float:
    """From the death of the worker in the midst of a story until its provider is called again."""
    held = {"schema": "StoryContent", "kind": "slow", "seconds": HELD_SECONDS, "times": 1}
    fleet.behave(faults=[held])
    story = fleet.ask()
    until(lambda: fleet.calls("StoryContent"))
    killed = fleet.kill("worker", node=f"--hostname {fleet.node_of(story)}@")
    until(lambda: len(fleet.calls("StoryContent")) > 1)
    moved = time.monotonic() - killed
    fleet.behave()
    until(lambda: fleet.is_ready(story))
    return moved


def api(fleet: Fleet) -> float:
    """From the API's death until it answers."""
    killed = fleet.kill("api")
    until(fleet.answers)
    return time.monotonic() - killed


def claiming_and_making(kind: ProcessKind) -> Callable[[Fleet], float]:
    """From the death of what it takes to claim a story until one that is asked for then is being made.

    A claim alone is not enough: the code server may make one whose run the daemon that died can no longer request.
    """

    def measure(fleet: Fleet) -> float:
        killed = fleet.kill(kind)
        story = fleet.ask()
        until(lambda: fleet.holds(BEGUN, story))
        return time.monotonic() - killed

    return measure


def making(kind: ProcessKind, back: Callable[[Fleet], bool]) -> Callable[[Fleet], float]:
    """From when it takes connections again until a story that is asked for then is being made."""

    def measure(fleet: Fleet) -> float:
        fleet.kill(kind)
        until(lambda: not back(fleet) or None)
        until(lambda: back(fleet))
        answered = time.monotonic()
        story = fleet.ask()
        until(lambda: fleet.holds(BEGUN, story))
        return time.monotonic() - answered

    return measure


MEASURES: dict[ProcessKind, Callable[[Fleet], float]] = {
    "worker": worker,
    "api": api,
    "daemon": claiming_and_making("daemon"),
    "code": claiming_and_making("code"),
    "postgres": making("postgres", Fleet.listens),
    "valkey": making("valkey", Fleet.broker_listens),
}


def recover(kind: ProcessKind, fleet: Fleet) -> float:
    """Seconds, once the stack has been well for a while."""
    fleet.behave()
    time.sleep(BETWEEN_SECONDS)
    story = fleet.ask()
    until(lambda: fleet.is_ready(story))
    return MEASURES[kind](fleet)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--only", default=",".join(GOALS))
    asked = parser.parse_args()
    took: dict[ProcessKind, list[float]] = defaultdict(list)
    loads: dict[ProcessKind, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as name,
        local_stack(Path(name), JWT_SECRET=SECRET, WORKERS="2", MODERATION="off") as stack,
    ):
        fleet = Fleet(stack, tenant(stack.database()))
        kinds = [kind for kind in GOALS if kind in asked.only.split(",")]
        for _ in range(asked.times):
            for kind in kinds:
                took[kind].append(recover(kind, fleet))
                loads[kind].append(os.getloadavg()[0])
                said = {"killed": kind, "seconds": round(took[kind][-1], 1), "load": round(loads[kind][-1], 1)}
                print(json.dumps(said), flush=True)
    print(table(HEADS, [_row(kind, took[kind], loads[kind]) for kind in kinds]))


HEADS = ("killed", "until", "median, s", "worst, s", "goal, s", "load on 2 cores")


def _row(kind: ProcessKind, seconds: list[float], loads: list[float]) -> list[str]:
    goal = GOALS[kind]
    measured = (f"{statistics.median(seconds):.1f}", f"{max(seconds):.1f}")
    return [kind, goal.until, *measured, f"{goal.median:g} / {goal.worst:g}", f"{min(loads):.0f}-{max(loads):.0f}"]


if __name__ == "__main__":
    main()
