"""Dagster keeps its history for ever. Of a story that is deleted nothing is to stay, and of others not all for ever.

Deleted is what Dagster knows and the stories' table does not: compared anew at every sweep, so that nothing depends on
having heard of the deletion. Over is what Dagster has heard nothing of for RETENTION_DAYS; the story and its book stay,
and whoever has it made again by the API gives it a partition again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import dagster as dg

from storytailor.db.dagster_history import (
    Forgotten,
    forget,
    forget_runs,
    forget_strays,
    forget_ticks,
    keeper_of,
    known_stories,
    resting_stories,
)
from storytailor.db.retention import DAY
from storytailor.errors import SettingsError
from storytailor_dagster.maker_loop import MakerLoop

PAGE = 5_000
"""Stories looked up at a time."""
BATCH = 50
"""Stories forgotten in a transaction, some 10,000 events …"""
MOST = 1_000
"""… and in a sweep, so that it ends before the next one."""
RUNS_AT_ONCE, EVENTS_AT_ONCE, TICKS_AT_ONCE = 200, 2_000, 5_000
BATCHES = 20
"""Batches of each in a sweep, at most."""
ROUTINE_DAYS = 1.0
"""For how long a sweep that went well is kept: there are 288 of them a day."""


def forget_deleted(instance: dg.DagsterInstance, loop: MakerLoop) -> Forgotten:
    """Remove what Dagster keeps of stories that do not exist any more, up to MOST of them; what was removed.

    Raises SettingsError where the two databases do not belong together.
    """
    storage = _storage_of(instance, loop)
    forgotten, after = Forgotten(), None
    while forgotten.stories < MOST and (page := _page(storage, after)):
        after = page[-1]
        deleted = sorted(loop.call(loop.services.inputs.deleted(page)))
        for start in range(0, min(len(deleted), MOST), BATCH):
            with storage.index_transaction() as connection:
                forgotten += forget(connection, deleted[start : start + BATCH])
    return forgotten


def forget_old(instance: dg.DagsterInstance, loop: MakerLoop, *, routine: Sequence[str] = ()) -> Forgotten:
    """Remove what has been over for RETENTION_DAYS, up to MOST stories, and as bounded of all else; what was removed.

    Nothing of what is in flight, on either side. Successful runs of the jobs `routine` go after a day. Raises
    SettingsError where the two databases do not belong together.
    """
    days = loop.services.settings.retention_days
    if not days:
        return Forgotten()
    storage, seconds = _storage_of(instance, loop), days * DAY
    forgotten = _forget_resting(storage, loop, seconds)
    routine_seconds = min(seconds, ROUTINE_DAYS * DAY)
    forgotten += _in_batches(
        storage,
        lambda connection: forget_runs(
            connection, RUNS_AT_ONCE, seconds=seconds, routine=routine, routine_seconds=routine_seconds
        ),
    )
    forgotten += _in_batches(storage, lambda connection: forget_strays(connection, EVENTS_AT_ONCE, seconds=seconds))
    return forgotten + _in_batches(storage, lambda connection: forget_ticks(connection, TICKS_AT_ONCE, seconds=seconds))


def _forget_resting(storage: Any, loop: MakerLoop, seconds: float) -> Forgotten:
    forgotten, after = Forgotten(), None
    while forgotten.stories < MOST and (resting := _resting(storage, after, seconds)):
        forget_them = functools.partial(_forget_still_resting, storage, after, seconds)
        forgotten += loop.call(loop.services.retention.while_finished(resting, forget_them)) or Forgotten()
        after = resting[-1]
    return forgotten


def _resting(storage: Any, after: UUID | None, seconds: float) -> list[UUID]:
    with storage.index_transaction() as connection:
        return resting_stories(connection, after, BATCH, seconds=seconds)


def _forget_still_resting(storage: Any, after: UUID | None, seconds: float, story_ids: Sequence[UUID]) -> Forgotten:
    """Forget these, of which another sweep may have had some before they were ours."""
    with storage.index_transaction() as connection:
        resting = set(resting_stories(connection, after, BATCH, seconds=seconds))
        left = [story_id for story_id in story_ids if story_id in resting]
        return forget(connection, left, everywhere=False) if left else Forgotten()


def _in_batches(storage: Any, forget_some: Callable[[Any], Forgotten]) -> Forgotten:
    forgotten = Forgotten()
    for _ in range(BATCHES):
        with storage.index_transaction() as connection:
            some = forget_some(connection)
        if some == Forgotten():
            break
        forgotten += some
    return forgotten


def _storage_of(instance: dg.DagsterInstance, loop: MakerLoop) -> Any:
    """Ours, of `storage`: all of Dagster's tables are behind its connections, and they are of these stories."""
    storage: Any = instance.event_log_storage
    here = loop.call(loop.services.retention.installation())
    with storage.index_transaction() as connection:
        there = keeper_of(connection, here)
    if there != here:
        raise SettingsError(
            f"Dagster's database keeps the history of the stories of installation {there}, and DATABASE_URL leads to "
            f"installation {here}: nothing is forgotten. Correct DATABASE_URL or DAGSTER_DATABASE_URL. If the stories "
            "here go with that history, take the row storytailor/installation from Dagster's table kvs."
        )
    return storage


def _page(storage: Any, after: UUID | None) -> list[UUID]:
    with storage.index_transaction() as connection:
        return known_stories(connection, after, PAGE)
