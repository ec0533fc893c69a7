"""Removing stored objects once the rows that showed them are gone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from storytailor.errors import Transient

log = logging.getLogger("storytailor.api")


async def try_to(remove: Awaitable[None]) -> None:
    """Remove objects now; when the store does not answer, the sweep does it in an hour (migration 0003)."""
    try:
        await remove
    except Transient as failure:
        log.warning("Stored objects stay until the sweep: %s", failure)
