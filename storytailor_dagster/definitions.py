"""All Dagster sees of Storytailor."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_async_executor import async_executor

from storytailor_dagster import assets
from storytailor_dagster.io_managers import story_io
from storytailor_dagster.jobs import make_story
from storytailor_dagster.maintenance import sweep, sweep_schedule
from storytailor_dagster.resources import ENGINE, engine
from storytailor_dagster.sensors import story_queue_sensor


def build_defs(resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """The definitions, with other resources where a test wants its own."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([assets]),
        jobs=[make_story, sweep],
        sensors=[story_queue_sensor],
        schedules=[sweep_schedule],
        resources={ENGINE: engine, "story_io": story_io, **(resource_overrides or {})},
        executor=async_executor,  # what the UI's "Materialize" runs with
    )


defs = build_defs()
