"""Dagster keeps its history for ever; of a story that is deleted, nothing is to stay.

Deleted is what Dagster knows and the stories' table does not: compared anew at every sweep, so that nothing depends on
having heard of the deletion.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import dagster as dg

from storytailor.db.dagster_history import Forgotten, forget, known_stories
from storytailor_dagster.maker_loop import MakerLoop

PAGE = 5_000
"""Stories looked up at a time."""
BATCH = 50
"""Stories forgotten in a transaction, some 10,000 events …"""
MOST = 1_000
"""… and in a sweep, so that it ends before the next one."""


def forget_deleted(instance: dg.DagsterInstance, loop: MakerLoop) -> Forgotten:
    """Remove what Dagster keeps of stories that do not exist any more, up to MOST of them; what was removed."""
    storage: Any = instance.event_log_storage  # ours, of `storage`: all of Dagster's tables are behind its connections
    forgotten, after = Forgotten(), None
    while forgotten.stories < MOST and (page := _page(storage, after)):
        after = page[-1]
        deleted = sorted(loop.call(loop.services.inputs.deleted(page)))
        for start in range(0, min(len(deleted), MOST), BATCH):
            with storage.index_transaction() as connection:
                forgotten += forget(connection, deleted[start : start + BATCH])
    return forgotten


def _page(storage: Any, after: UUID | None) -> list[UUID]:
    with storage.index_transaction() as connection:
        return known_stories(connection, after, PAGE)
