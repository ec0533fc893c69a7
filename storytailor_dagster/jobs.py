"""The job that makes a story: its assets side by side on one event loop. Jobs that clean up are in `maintenance`."""

import dagster as dg
from dagster_async_executor import async_executor

make_story = dg.define_asset_job(
    "make_story",
    selection=dg.AssetSelection.all(),
    executor_def=async_executor,
    description="One story, or the assets of it that are asked for.",
)
