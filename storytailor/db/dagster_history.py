"""What Dagster keeps in its own tables, and forgetting it: of stories that are deleted, and of what is long over.

Dagster can wipe a whole asset, or one run, and purges its sensors' ticks.

On a connection of the engine of `storytailor.db.engines`, in a transaction; checked on Dagster 1.13.27, whose tables
`tests/dagster/test_forgetting.py` searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storytailor.db.connection import statement

NOBODY = UUID(int=0)
"""Stands for a forgotten story where something is kept of several."""


@dataclass(frozen=True)
class Forgotten:
    """How many of each were removed; of ticks and backfills, in how many a story's id was replaced."""

    stories: int = 0
    partitions: int = 0
    runs: int = 0
    events: int = 0
    checks: int = 0
    ticks: int = 0
    backfills: int = 0

    def __add__(self, other: Forgotten) -> Forgotten:
        return Forgotten(**{name: mine + getattr(other, name) for name, mine in vars(self).items()})


def known_stories(connection: Any, after: UUID | None, most: int) -> list[UUID]:
    """The next stories that Dagster has a partition or a run of; others' partitions are passed over."""
    found = _ask(connection, "dagster/known_stories", after=str(after) if after else "", most=most)
    return [UUID(key) for (key,) in found if _is_id(key)]


def keeper_of(connection: Any, installation: UUID) -> UUID | None:
    """Whose stories Dagster keeps the history of: from now on this installation's, if nobody's so far.

    None while another process is just being told the same for the first time.
    """
    found = _ask(connection, "dagster/installation", installation=str(installation))
    return UUID(found[0][0]) if found else None


def resting_stories(connection: Any, after: UUID | None, most: int, *, seconds: float) -> list[UUID]:
    """The next stories of which Dagster has heard nothing for so long."""
    found = _ask(connection, "dagster/resting_stories", after=str(after) if after else "", most=most, seconds=seconds)
    return [UUID(key) for (key,) in found if _is_id(key)]


def forget_runs(
    connection: Any, most: int, *, seconds: float, routine: Sequence[str], routine_seconds: float
) -> Forgotten:
    """Forget runs of no story that ended so long ago; successful ones of `routine` jobs after `routine_seconds`."""
    (counts,) = _ask(
        connection,
        "dagster/forget_runs",
        **{"most": most, "seconds": seconds, "routine": list(routine), "routine_seconds": routine_seconds},
    )
    return Forgotten(*counts)


def forget_strays(connection: Any, most: int, *, seconds: float) -> Forgotten:
    """Forget events that are so old and of runs that are gone, among the oldest `most` events."""
    (counts,) = _ask(connection, "dagster/forget_strays", most=most, seconds=seconds)
    return Forgotten(*counts)


def forget_ticks(connection: Any, most: int, *, seconds: float) -> Forgotten:
    """Forget ticks and backfills that have been over for so long."""
    (counts,) = _ask(connection, "dagster/forget_ticks", most=most, seconds=seconds)
    return Forgotten(*counts)


def forget(connection: Any, story_ids: Sequence[UUID], *, everywhere: bool = True) -> Forgotten:
    """Forget those of these stories of which nothing is in flight; none while another process does the same.

    `everywhere`: their ids are replaced in what is kept of several stories as well.
    """
    stories = [str(story_id) for story_id in story_ids]
    settled = [story for (story,) in _ask(connection, "dagster/settled_stories", stories=stories)]
    if not settled:
        return Forgotten()
    (counts,) = _ask(
        connection,
        "dagster/forget_stories",
        **{"stories": settled, "pattern": "|".join(settled), "nobody": str(NOBODY), "everywhere": everywhere},
    )
    return Forgotten(*counts)


def _ask(connection: Any, name: str, **parameters: object) -> Sequence[Any]:
    rows: Sequence[Any] = connection.exec_driver_sql(statement(name), parameters).fetchall()
    return rows


def _is_id(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
