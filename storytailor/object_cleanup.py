"""Deleting orphaned objects: what deleted stories and characters left in the object store, what was
replaced, and what was stored and then shown by nobody."""

from __future__ import annotations

import asyncio
import logging

from storytailor.db.orphaned_objects import BATCH, OrphanedObject, OrphanedObjects
from storytailor.db.queue import Finished
from storytailor.errors import MakingError, PermanentError, ServiceUnavailableError, TransientError
from storytailor.providers.object_store import ObjectStore

log = logging.getLogger(__name__)

DELETION_SECONDS = 15.0
"""An asset that is ready waits no longer than this for what it replaces to go."""
TIMES_AWAY = 3
"""So often in a row a store does not answer as it should until it counts as away, and is asked for nothing more."""


async def delete_orphans(orphans: OrphanedObjects, store: ObjectStore) -> int:
    """Delete all objects whose deletion is due; how many entries that were.

    What the store does not let go stays due and holds up nothing behind it: TransientError or PermanentError is raised
    in the end. At once where it is the store that is away.
    """
    done, times_away = 0, 0
    refused: dict[int, MakingError] = {}
    while due := await orphans.due(but=refused):
        for orphan in due:
            try:
                await _delete_unless_used(orphans, store, orphan)
            except (TransientError, PermanentError) as failure:
                log.warning("An orphaned object stays until the next cleanup: %s", failure.for_operator)
                refused[orphan.id] = failure
                times_away = times_away + 1 if isinstance(failure, TransientError) else 0
                if times_away == TIMES_AWAY:
                    raise
            else:
                done, times_away = done + 1, 0
        if len(due) < BATCH:
            break
    if refused:
        raise next(iter(refused.values()))
    return done


async def _delete_unless_used(orphans: OrphanedObjects, store: ObjectStore, orphan: OrphanedObject) -> None:
    if await orphans.is_unused(orphan):
        await store.delete_below(orphan.prefix)
        await orphans.deleted([orphan.id])
    else:
        await orphans.forget([orphan.id])


async def delete_replaced(orphans: OrphanedObjects, store: ObjectStore, finished: Finished) -> None:
    """Delete what an asset that is ready has replaced. Where that fails the cleanup does it: nothing is raised."""
    if not finished.replaced:
        return
    try:
        async with asyncio.timeout(DELETION_SECONDS):
            await store.delete(finished.replaced)
        await orphans.deleted(finished.orphans)
    except (MakingError, ServiceUnavailableError, TimeoutError) as failure:
        reason = failure.for_operator if isinstance(failure, MakingError) else str(failure) or "no answer in time"
        log.warning("Replaced objects stay until the next cleanup: %s", reason)
