"""How many workers the local stack has, and each one's share of what is set for all of them."""

from __future__ import annotations

import os
from collections.abc import Mapping

from storytailor.settings import Settings

MOST_BY_DEFAULT = 4
"""Each holds some 300 MB."""
DIVIDED = ("images_per_minute", "input_images_per_minute", "elevenlabs_concurrency")
"""Settings of one process by which an account's limit is kept to."""


def worker_count(settings: Settings) -> int:
    """As many as cores, or as WORKERS says; never more than there is something for each of."""
    wanted = settings.workers or min(_cores(), MOST_BY_DEFAULT)
    limits: list[int | None] = [settings.stories_in_flight, *(getattr(settings, name) for name in DIVIDED)]
    return min([wanted, *(limit for limit in limits if limit is not None)])


def shares(settings: Settings, workers: int) -> Mapping[str, str]:
    """The environment by which each of so many workers keeps to its share."""
    limits = {name: getattr(settings, name) for name in DIVIDED}
    return {name.upper(): str(limit // workers) for name, limit in limits.items() if limit is not None}


def concurrency(settings: Settings, workers: int) -> int:
    """How many stories each of so many workers makes side by side: together at least STORIES_IN_FLIGHT."""
    return -(-settings.stories_in_flight // workers)


def _cores() -> int:
    """Those this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
