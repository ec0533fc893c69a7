"""Stored objects: the local folder, served at `/assets/{key}` when there is no bucket; deletion with their rows."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Iterable
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from storytailor.errors import MakingError
from storytailor.providers.object_store import CONTENT_TYPES, FOR_A_YEAR, ObjectStore

log = logging.getLogger("storytailor.api")

AT_ONCE, SECONDS = 8, 20.0
"""Folders of a deleted account that are emptied side by side, and for how long its family waits for that."""


async def delete_or_defer(deletion: Awaitable[None]) -> None:
    """Delete objects now; when the store does not answer, the next cleanup does it (migration 0014)."""
    try:
        await deletion
    except MakingError as failure:
        log.warning("Stored objects stay until the next cleanup: %s", failure.for_operator)


async def delete_folders(store: ObjectStore, prefixes: Iterable[str]) -> None:
    """Delete all objects below these, some at a time. What takes too long is left to the cleanup, as all that fails."""
    free = asyncio.Semaphore(AT_ONCE)

    async def empty(prefix: str) -> None:
        async with free:
            await delete_or_defer(store.delete_below(prefix))

    try:
        async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as emptying:
            for prefix in prefixes:
                emptying.create_task(empty(prefix))
    except TimeoutError:
        log.warning("An account has so many files that they are left to the cleanup.")


class StoredObjects(StaticFiles):
    """Files below a folder. A key changes with its bytes, so whoever has one may keep it for good."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def check_config(self) -> None:
        """Nothing to check: the first stored object makes the folder, and until then all is not found."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, a range of it or its headers, never to be taken for something to run."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOR_A_YEAR
        response.headers["X-Content-Type-Options"] = "nosniff"
        extension = os.fspath(full_path).rpartition(".")[2]
        response.headers["Content-Type"] = CONTENT_TYPES.get(extension, "application/octet-stream")
        return response
