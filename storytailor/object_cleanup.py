"""Deleting orphaned objects: what deleted stories and characters left in the object store, and what was replaced."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from storytailor.db.orphaned_objects import BATCH, OrphanedObjects
from storytailor.errors import MakingError
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
        await orphans.forget(due)
        done += len(due)
        if len(due) < BATCH:
            break
    return done


async def delete_or_write_down(
    orphans: OrphanedObjects, store: ObjectStore, story_id: UUID, replaced: Sequence[str]
) -> None:
    """Delete what a story has replaced, or have the cleanup do it: a store that is away takes no story back."""
    try:
        async with asyncio.timeout(DELETION_SECONDS):
            await store.delete(replaced)
    except (MakingError, TimeoutError) as failure:
        reason = failure.for_operator if isinstance(failure, MakingError) else "the store did not answer in time"
        log.warning("Replaced objects of story %s stay until the next cleanup: %s", story_id, reason)
        await orphans.add(story_id, replaced)
