"""The job that makes a story: its assets side by side on one event loop. Jobs that clean up are in `maintenance`."""

import dagster as dg

from storytailor_dagster.executor import story_executor

make_story = dg.define_asset_job(
    "make_story",
    selection=dg.AssetSelection.all(),
    executor_def=story_executor,
    description="One story, or the assets of it that are asked for.",
)
