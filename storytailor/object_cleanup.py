"""Cleaning the object store: what deleted stories and characters left there."""

from __future__ import annotations

from storytailor.db.orphaned_objects import BATCH, OrphanedObjects
from storytailor.providers.object_store import ObjectStore


async def clean(removals: OrphanedObjects, store: ObjectStore) -> int:
    """Remove all objects whose removal is due; how many removals that were.

    Raises TransientError when the store does not answer; what is left stays due.
    """
    dealt_with = 0
    while due := await removals.due():
        for removal in due:
            if removal.unused:
                await store.delete_below(removal.prefix)
        await removals.forget(due)
        dealt_with += len(due)
        if len(due) < BATCH:
            break
    return dealt_with
