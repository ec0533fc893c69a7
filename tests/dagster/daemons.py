"""Daemons as processes, on a database of their own, with one asset of four partitions to fill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import psycopg
import yaml
from dagster._core.execution.backfill import PartitionBackfill

from storytailor.db.connection import statement

ROOT = Path(__file__).resolve().parents[2]
PARTITIONS = ("a", "b", "c", "d")
WORKS = "is configured with the following daemons"
PLACE = """
import dagster as dg

@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c", "d"]))
def picture() -> None: ...

defs = dg.Definitions(assets=[picture])
"""


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(list(PARTITIONS)))
def picture() -> None:
    """As the daemons' workspace has it."""


class Daemon:
    """A daemon's process and all that it has printed."""

    def __init__(self, command: tuple[str, ...], place: Place, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=place.home, env=place.environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def printed(self) -> str:
        return self._log.read_text()

    def prints(self, text: str, within: float = 90.0) -> None:
        """Wait until it has printed this."""
        ends = time.monotonic() + within
        while text not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < ends, self.printed
            time.sleep(0.1)

    def kill(self) -> None:
        """As by `kill -9`."""
        self.process.kill()
        self.process.wait()


@dataclass
class Place:
    """The folder of daemons that share a database, with the repository's dagster.yaml; runs are queued, never begun."""

    home: Path
    database: str
    instance: dg.DagsterInstance
    environment: dict[str, str]
    started: list[Daemon]

    def start(self, *command: str) -> Daemon:
        """A daemon as the fleet starts it, or by another command."""
        ours = (sys.executable, "-m", "storytailor_dagster.daemon", "workspace.yaml")
        daemon = Daemon(command or ours, self, self.home / f"{len(self.started)}.log")
        self.started.append(daemon)
        return daemon

    def backfill(self, name: str) -> None:
        """Ask for all partitions, as the UI does."""
        self.instance.add_backfill(
            backfill_of(self.instance, dg.Definitions(assets=[picture]), "picture", PARTITIONS, name)
        )

    def runs_of(self, backfill: str) -> Counter[str]:
        """How often each partition was launched for it."""
        wanted = dg.RunsFilter(tags={"dagster/backfill": backfill})
        return Counter(run.tags["dagster/partition"] for run in self.instance.get_runs(wanted))

    def works(self) -> set[str | None]:
        """The daemons whose heartbeats are kept."""
        return {beat.daemon_id for beat in self.instance.get_daemon_heartbeats().values()}

    def end_lock_session(self) -> None:
        """Cut the connection by which a daemon holds the lock."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'storytailor daemon %' AND datname = current_database()"
            ).fetchall()
        assert ended == [(True,)]

    @contextmanager
    def lock_held(self) -> Iterator[None]:
        """Hold the lock as another machine's daemon would; waits until it is free."""
        name = "storytailor daemon elsewhere:7"
        with psycopg.connect(self.database, autocommit=True, application_name=name) as connection:
            eventually(lambda: connection.execute(statement("dagster/take_daemon_lock")).fetchone() == (True,), 5)
            yield


def backfill_of(
    instance: dg.DagsterInstance, definitions: dg.Definitions, asset: str, partitions: Sequence[str], name: str
) -> PartitionBackfill:
    """A backfill of one asset, just asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of what Dagster itself calls in there
        return PartitionBackfill.from_asset_partitions(
            asset_graph=definitions.resolve_asset_graph(),
            backfill_id=name,
            tags={},
            backfill_timestamp=time.time(),
            asset_selection=[dg.AssetKey(asset)],
            partition_names=list(partitions),
            dynamic_partitions_store=instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )


def eventually(holds: Callable[[], object], within: float = 60.0) -> None:
    """Wait until it holds."""
    ends = time.monotonic() + within
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def lay_out(home: Path, database: str) -> dict[str, str]:
    """Write the folder's files; the daemons' environment."""
    config = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    config["run_coordinator"] = {"module": "dagster.core.run_coordinator", "class": "QueuedRunCoordinator"}
    config["concurrency"] = {"runs": {"max_concurrent_runs": 0}}  # nothing is launched: there is no broker
    (home / "dagster.yaml").write_text(yaml.safe_dump(config))
    (home / "place.py").write_text(PLACE)
    (home / "workspace.yaml").write_text("load_from:\n  - python_file: place.py\n")
    return {
        "PATH": os.environ["PATH"],
        "DAGSTER_HOME": str(home),
        "DATABASE_URL": database,
        "DAGSTER_CONNECTIONS": "2",
        "BROKER_URL": "redis://127.0.0.1:1/0",
    }
