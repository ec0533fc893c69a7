"""Workers that are killed or stand still in the midst of their stories: those move on, and nothing is paid twice."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, LiteralString

import httpx
import psutil
import psycopg
import pytest

from bench.chaos.campaign import Options, campaign
from bench.chaos.invariants import findings
from bench.stacks import RunningStack
from storytailor.db.demo import DEMO_USER
from storytailor_cli.local_stack.leftovers import stack_processes
from tests.end_to_end.conftest import BOOK_TIMEOUT, STORYTAILOR, Machine

SHORT = Options(
    seed=11,
    stories=12,
    whole_share=1 / 12,
    families=3,
    at_once=4,
    pauses=(1.0, 2.0),
    killed=("worker", "daemon", "valkey"),
    most_kills=3,
    without=("timeout",),  # this stack has patience for minutes
)
"""`make chaos` in short."""
MAYA = "00000000-0000-4000-8000-000000000101"
STORIES = 2
WRITTEN: tuple[LiteralString, ...] = (
    "SELECT row_to_json(stories)::text FROM stories",
    "SELECT row_to_json(asset_generation_jobs)::text FROM asset_generation_jobs",
    "SELECT row_to_json(credit_ledger)::text FROM credit_ledger",
    "SELECT row_to_json(story_orders)::text FROM story_orders",
    "SELECT row_to_json(users)::text FROM users",
    "SELECT row_to_json(webhook_outbox)::text FROM webhook_outbox",
)
WAITING = "SELECT count(*) FROM webhook_outbox WHERE state = 'waiting'"


class Family:
    """The demo family with its stories, and the emulator that they are made by."""

    def __init__(self, machine: Machine) -> None:
        token = machine.run("token", "--user", str(DEMO_USER)).stdout.splitlines()[-1]
        ports, self.machine = machine.environment, machine
        self.emulator = httpx.Client(base_url=f"http://127.0.0.1:{ports['EMULATOR_PORT']}/_emulator", timeout=30)
        self.api = httpx.Client(
            base_url=f"http://127.0.0.1:{ports['API_PORT']}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        self.ids: list[str] = []

    def behave(self, **config: Any) -> None:
        self.emulator.post("/config", json=config).raise_for_status()

    def calls(self) -> list[dict[str, Any]]:
        """What the providers have been asked for."""
        log: list[dict[str, Any]] = self.emulator.get("/log").raise_for_status().json()
        return log

    def rows(self, query: LiteralString) -> list[Any]:
        """What the database holds."""
        sockets = self.machine.state / "sockets"
        with psycopg.connect(f"postgresql://postgres@/storytailor?host={sockets}") as connection:
            return connection.execute(query).fetchall()

    def ask(self, **wish: Any) -> str:
        request = {"character_ids": [MAYA], "story_type": "bedtime", "themes": ["courage"], "generateAssets": True}
        self.ids.append(self.api.post("/stories", json=request | wish).raise_for_status().json()["data"]["id"])
        return self.ids[-1]

    def assets(self, story_id: str) -> dict[str, Any]:
        while not (answer := self.api.get(f"/stories/{story_id}")).is_success:
            assert answer.status_code in (429, 503), answer.text  # a busy machine
            time.sleep(1)
        found: dict[str, Any] = answer.json()["data"]["asset_generation_status"]
        return found

    def states(self, name: str) -> set[str]:
        return {self.assets(story)["assets"][name]["status"] for story in self.ids}

    def cover(self, story_id: str) -> str:
        status: str = self.assets(story_id)["assets"]["cover"]["status"]
        return status

    def are_ready(self) -> bool:
        return {self.assets(story)["overall"] for story in self.ids} == {"ready"}

    def wait_until(self, what: str, is_so: Any) -> float:
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < BOOK_TIMEOUT, f"{what}: {[self.assets(story) for story in self.ids]}"
            time.sleep(0.1)
        return time.monotonic() - began


@pytest.fixture
def family(stack: subprocess.Popen[bytes], machine: Machine) -> Iterator[Family]:
    made = Family(machine)
    made.emulator.delete("/log").raise_for_status()
    yield made
    made.api.close()
    made.emulator.close()


def test_the_stories_of_a_killed_worker_end_ready_and_what_was_finished_is_not_made_again(family: Family) -> None:
    family.behave(answers="canned", latency=0.15)
    for _ in range(STORIES):
        family.ask()
    family.wait_until("content and palette ready", lambda: family.states("palette") == {"ready"})
    family.wait_until("the cover under way", lambda: family.states("cover") == {"generating"})
    for process in workers(family.machine):
        process.kill()
    queued_again: set[str] = set()

    def all_were_queued_again() -> bool:  # each when its lease ends, and one may be made by the time another is
        queued_again.update(story for story in family.ids if family.cover(story) == "pending")
        return queued_again == set(family.ids)

    seconds = family.wait_until("the covers queued again", all_were_queued_again)
    print(f"queued again after {seconds:.1f} s")
    family.wait_until("ready", family.are_ready)
    calls = Counter(call["schema"] for call in family.calls())
    assert (calls["StoryContent"], calls["PaletteJourney"]) == (STORIES, STORIES), calls


def test_a_worker_that_stood_still_past_its_lease_writes_nothing_and_has_nothing_more_paid_for(family: Family) -> None:
    answered_late = [
        {"asset": "cover", "kind": "slow", "route": "images", "seconds": 4, "times": 1},
        {"schema": "Activities", "kind": "slow", "seconds": 4, "times": 1},
        {"route": "text-to-speech", "kind": "slow", "seconds": 4, "times": 1},
    ]
    family.behave(answers="canned", latency=0.02, faults=answered_late)
    with receiving() as (hook, told):
        story = family.ask(webhook_url=hook)
        family.wait_until("asked for", lambda: [call["fault"] for call in family.calls()].count("slow") == 3)
        stopped = worker_of(family.machine, story)
        stopped.send_signal(signal.SIGSTOP)
        try:
            family.wait_until("ready by the other worker", family.are_ready)
            family.wait_until("told", lambda: told and family.rows(WAITING) == [(0,)])
            before = left_by(family, told)
        finally:
            stopped.send_signal(signal.SIGCONT)
        family.wait_until("noticed", lambda: "Nothing was written." in log_of(family.machine, stopped))
        time.sleep(2)
        assert left_by(family, told) == before
    assert told == [story]


async def test_a_dozen_stories_end_as_the_rules_say_whatever_fails_and_whoever_is_killed(
    stack: subprocess.Popen[bytes], machine: Machine
) -> None:
    evidence = await campaign(RunningStack(STORYTAILOR, machine.folder, machine.environment, stack), SHORT)
    broken = {found.name: found.broken for found in findings(evidence) if found.broken}
    assert broken == {}
    assert {kill.process for kill in evidence.kills} == set(SHORT.killed)
    assert len(evidence.asked) == SHORT.stories


def left_by(family: Family, told: list[str]) -> tuple[Any, ...]:
    """All that a worker could have written or caused: rows, files, webhooks, calls that were begun."""
    rows = [sorted(family.rows(query)) for query in WRITTEN]
    files = {str(path): path.stat().st_mtime_ns for path in (family.machine.state / "assets").rglob("*")}
    return rows, files, list(told), len(family.calls())


@contextmanager
def receiving() -> Iterator[tuple[str, list[str]]]:
    """A receiver of webhooks: its URL, and the stories it was told of."""
    told: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(json.loads(body)["data"]["id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", told
        server.shutdown()


def workers(machine: Machine) -> list[psutil.Process]:
    """The Celery workers."""
    return [process for process in stack_processes(machine.state) if "run_worker" in " ".join(process.cmdline())]


def worker_of(machine: Machine, story: str) -> psutil.Process:
    """The worker that makes this story, by its log."""
    (found,) = [process for process in workers(machine) if f"of story {story}" in log_of(machine, process)]
    return found


def log_of(machine: Machine, worker: psutil.Process) -> str:
    """All that the worker has printed."""
    node = worker.cmdline()[worker.cmdline().index("--hostname") + 1].partition("@")[0]
    return (machine.state / "logs" / f"{node}.log").read_text()
