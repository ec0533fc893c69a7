"""Deleting orphaned objects: what deleted stories and characters left in the object store."""

from __future__ import annotations

from storytailor.db.orphaned_objects import BATCH, OrphanedObjects
from storytailor.providers.object_store import ObjectStore


async def delete_orphans(orphans: OrphanedObjects, store: ObjectStore) -> int:
    """Delete all objects whose deletion is due; how many entries that were.

    Raises TransientError when the store does not answer; what is left stays due.
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
