"""Deleting orphaned objects: what deleted stories and characters left in the object store, what was
replaced, and what was stored and then shown by nobody."""

from __future__ import annotations

import asyncio
import logging

from storytailor.db.orphaned_objects import BATCH, OrphanedObjects
from storytailor.db.queue import Finished
from storytailor.errors import MakingError, ServiceUnavailableError
from storytailor.providers.object_store import ObjectStore

log = logging.getLogger(__name__)

DELETION_SECONDS = 15.0
"""An asset that is ready waits no longer than this for what it replaces to go."""


async def delete_orphans(orphans: OrphanedObjects, store: ObjectStore) -> int:
    """Delete all objects whose deletion is due; how many entries that were.

    Raises TransientError or PermanentError as the store does; what is left stays due.
    """
    done = 0
    while due := await orphans.due():
        for orphan in due:
            if orphan.unused:
                await store.delete_below(orphan.prefix)
        await orphans.deleted(orphan.id for orphan in due if orphan.unused)
        await orphans.forget(orphan.id for orphan in due if not orphan.unused)
        done += len(due)
        if len(due) < BATCH:
            break
    return done


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
