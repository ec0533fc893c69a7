"""All Dagster sees of Storytailor: assets, jobs, the sensor, the schedule and their resources, put together."""

import logging
from collections.abc import Mapping

import dagster as dg

from storytailor.logs import configure
from storytailor.settings import get_settings
from storytailor_dagster import assets
from storytailor_dagster.alerts import failed_sweep_sensor, operator_alerts_sensor
from storytailor_dagster.executor import story_executor
from storytailor_dagster.io_managers import StoryIOManager
from storytailor_dagster.jobs import make_story
from storytailor_dagster.maintenance import stuck_assets_sensor, sweep, sweep_schedule
from storytailor_dagster.resources import MakerLoopResource, maker_loop_resource
from storytailor_dagster.sensors import story_queue_sensor


def resources(maker_loop: MakerLoopResource) -> Mapping[str, MakerLoopResource | StoryIOManager]:
    """The resources by key."""
    return {"maker_loop": maker_loop, "story_io": StoryIOManager(maker_loop=maker_loop)}


def build_defs(maker_loop: MakerLoopResource | None = None) -> dg.Definitions:
    """The definitions, on a maker loop other than the process's own where a test wants one."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([assets]),
        jobs=[make_story, sweep],
        sensors=[story_queue_sensor, stuck_assets_sensor, operator_alerts_sensor, failed_sweep_sensor],
        schedules=[sweep_schedule],
        resources=resources(maker_loop or maker_loop_resource(get_settings())),
        executor=story_executor,  # what the UI's "Materialize" runs with
    )


if not logging.getLogger().handlers:  # the code server; a worker has said already how to log
    configure(get_settings().log_format, instead_of=("dagster",))
defs = build_defs()
