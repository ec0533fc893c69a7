"""Taking deleted files of books from a CDN's caches, once the store has them no more."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from storytailor.db.cdn_purges import CdnPurge, CdnPurges
from storytailor.errors import MakingError
from storytailor.providers.cloudfront import FOLDERS_AT_ONCE, CloudFront


async def purge_deleted(purges: CdnPurges, cdn: CloudFront) -> int:
    """Order all purges that are due; how many the CDN has taken.

    Raises TransientError with the first that it does not take: that one and what comes behind it stay to be done.
    """
    taken = 0
    while due := await purges.claim(FOLDERS_AT_ONCE):
        try:
            await cdn.invalidate(sorted({purge.prefix for purge in due}), _reference(due))
        except MakingError as refusal:
            await purges.put_off(due, refusal.for_operator)
            raise
        await purges.done(due)
        taken += len(due)
    return taken


def _reference(purges: Sequence[CdnPurge]) -> str:
    """The same for the same purges: an order that was taken just before we died is not a second one."""
    named = ",".join(sorted(f"{purge.id} {purge.prefix}" for purge in purges))
    return f"storytailor-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
