"""How many connections each process keeps at the most, counted for what a server or a session pooler allows."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST_STORIES, FEWEST_DAGSTER = 2, 2
"""A pool of one would let one slow statement stop all others; Dagster sometimes holds two at a time."""


@dataclass(frozen=True)
class PoolSizes:
    """DATABASE_CONNECTIONS and DAGSTER_CONNECTIONS."""

    stories: int
    dagster: int


@dataclass(frozen=True)
class Fleet:
    """How many processes there are of those that there may be several of. The others there are once."""

    apis: int = 1
    workers: int = 1
    webhooks: int = 0


def wanted_by_process(pools: PoolSizes) -> dict[str, int]:
    """Connections one process of each kind keeps at the most, to stories and to Dagster's tables.

    The code location asks for one thing after the other by a single one; it and the API LISTEN on one more.
    """
    return {
        "api": pools.stories + 1,
        "code": 1 + 1 + pools.dagster,
        "daemon": pools.dagster,
        "webserver": pools.dagster,
        "worker": pools.stories + pools.dagster,
        "webhooks": pools.stories + 1,
    }


def wanted(pools: PoolSizes, fleet: Fleet | None = None) -> int:
    """Connections the whole fleet keeps at the most."""
    fleet = fleet or Fleet()
    numbers = {"api": fleet.apis, "worker": fleet.workers, "webhooks": fleet.webhooks}
    return sum(numbers.get(process, 1) * most for process, most in wanted_by_process(pools).items())


def largest_fitting(allowed: int, most: PoolSizes, fleet: Fleet | None = None) -> PoolSizes | None:
    """The largest pools, up to `most`, with which the fleet keeps within `allowed`; None when none are small enough."""
    sizes = [
        PoolSizes(stories, dagster)
        for stories in range(FEWEST_STORIES, max(most.stories, FEWEST_STORIES) + 1)
        for dagster in range(FEWEST_DAGSTER, max(most.dagster, FEWEST_DAGSTER) + 1)
    ]
    fitting = [size for size in sizes if wanted(size, fleet) <= allowed]
    return max(fitting, key=lambda size: wanted(size, fleet), default=None)
