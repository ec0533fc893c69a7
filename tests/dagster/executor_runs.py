"""Runs of a few steps by the executor of a story's run, on Dagster's real instance in PostgreSQL."""

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution import context_creation_job
from dagster._core.execution.api import execute_run_iterator

from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals.quiet import CONSOLE_LOGGERS
from tests.dagster.conftest import dagster_database
from tests.dagster.daemons import lay_out

PATIENCE = 20.0
"""Seconds after which a step that waits for another one fails."""


@dataclass
class Ran:
    """A run that is over."""

    status: dg.DagsterRunStatus
    told: list[dg.DagsterEvent]
    """As the executor gave them."""
    kept: list[dg.DagsterEvent]
    """As Dagster shows them."""

    def steps(self, kind: str) -> list[str]:
        """The steps of which there is such an event, in the order in which they were told."""
        return [str(event.step_key) for event in self.told if event.event_type_value == kind]

    def error(self, step: str) -> str:
        """How the step failed, with causes."""
        (failed,) = (event for event in self.told if event.is_step_failure and event.step_key == step)
        return str(failed.step_failure_data.error)


@pytest.fixture(scope="module")
def instance(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """Dagster's tables in PostgreSQL, as in service."""
    home: Path = tmp_path_factory.mktemp("dagster")
    with pytest.MonkeyPatch.context() as patched, dagster_database(postgres) as url:
        for name, value in lay_out(home, url).items():
            patched.setenv(name, value)
        get_settings.cache_clear()
        patched.setattr(context_creation_job, CONSOLE_LOGGERS, lambda _instance: [])
        with dg.DagsterInstance.from_config(str(home)) as opened:
            yield opened
    get_settings.cache_clear()


def begin(instance: dg.DagsterInstance, job: dg.JobDefinition, **config: Any) -> tuple[str, Iterator[dg.DagsterEvent]]:
    """A new run of the job, and its events as it makes them."""
    settings = {"execution": {"config": config}} if config else {}
    run = instance.create_run_for_job(job, run_config=settings)
    return run.run_id, execute_run_iterator(InMemoryJob(job), run, instance)


def ended(instance: dg.DagsterInstance, run_id: str, told: list[dg.DagsterEvent]) -> Ran:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    kept = [event for entry in instance.all_logs(run_id) if (event := entry.dagster_event)]
    return Ran(run.status, told, kept)


def make(instance: dg.DagsterInstance, job: dg.JobDefinition, **config: Any) -> Ran:
    """Run the job to its end."""
    run_id, events = begin(instance, job, **config)
    return ended(instance, run_id, list(events))


async def until(condition: threading.Event) -> None:
    """Wait on the loop for what another thread or step does."""
    ends = time.monotonic() + PATIENCE
    while not condition.is_set():
        assert time.monotonic() < ends, "waited in vain"
        await asyncio.sleep(0.01)
