"""What assets, IO managers, sensor and sweep share: the process's engine."""

import dagster as dg

from storytailor_dagster.maker_loop import Engine, process_engine

ENGINE = "engine"
"""The resource's key."""


@dg.resource(description="The event loop and the warm studio on which this process makes its stories.")
def engine(_: dg.InitResourceContext) -> Engine:
    """This process's engine. A test gives an `Engine` with settings of its own instead."""
    return process_engine()
