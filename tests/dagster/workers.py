"""A worker of the test's own: Dagster's instance in PostgreSQL, its runs on the story's executor, made as by Celery."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin

from storytailor.db import Lease
from storytailor.settings import Settings, get_settings
from storytailor_dagster import definitions, resources
from storytailor_dagster.dagster_internals import print_no_events
from storytailor_dagster.instance import WarmInstance
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.partitions import stories
from storytailor_dagster.run_leases import PARTITION_TAG, request_for

ROOT = Path(__file__).parents[2]
REPOSITORY = RepositoryPythonOrigin(sys.executable, ModuleCodePointer(definitions.__name__, "defs", str(ROOT)))


class Worker:
    """A worker's process: one Dagster instance and one maker loop for all its runs."""

    def __init__(self, instance: dg.DagsterInstance, loop: MakerLoop) -> None:
        self.instance = instance
        self._loop = loop

    def request(self, lease: Lease) -> str:
        """The run that the sensor requests for a claim, as Dagster keeps it; its id."""
        request = request_for(lease, None)
        keys = frozenset(request.asset_selection or ())
        job = definitions.defs.resolve_job_def("make_story").get_subset(asset_selection=keys)
        self.instance.add_dynamic_partitions(stories.name or "", [str(lease.story_id)])
        run = self.instance.create_run_for_job(
            job,
            asset_selection=keys,
            tags={**request.tags, PARTITION_TAG: str(lease.story_id)},
            job_code_origin=JobPythonOrigin("make_story", REPOSITORY),
        )
        return run.run_id

    def make(self, run_id: str) -> dg.DagsterRun:
        """Make a run as Celery's task does; how it ended."""
        from storytailor_dagster.run_worker import make  # which needs a broker's URL to be imported

        make(self.instance, self._loop, run_id)
        ended = self.instance.get_run_by_id(run_id)
        assert ended is not None
        return ended

    def notes(self, asset: str) -> list[dict[str, object]]:
        """What the asset's partition pages say of its failures."""
        found = self.instance.fetch_observations(dg.AssetKey(asset), limit=10).records
        return [
            {name: value.value for name, value in record.asset_observation.metadata.items()}
            for record in found
            if record.asset_observation
        ]

    def failures(self, run_id: str) -> dict[str, str]:
        """What Dagster shows of each step that failed: all of it, with causes and traces."""
        events = [entry.get_dagster_event() for entry in self.instance.all_logs(run_id) if entry.is_dagster_event]
        return {str(event.step_key): str(event.event_specific_data) for event in events if event.is_step_failure}


@contextmanager
def opened_worker(loop: MakerLoop, settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker whose instance is that of dagster.yaml, on the database of these settings."""
    monkeypatch.setenv("DAGSTER_DATABASE_URL", settings.database)
    monkeypatch.setenv("BROKER_URL", "memory://")
    get_settings.cache_clear()
    monkeypatch.setattr(resources, "_opened", [loop])  # this process's
    print_no_events()
    (home / "dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert isinstance(instance, WarmInstance)
        yield Worker(instance, loop)
    get_settings.cache_clear()
