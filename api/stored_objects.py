"""Stored objects: the local folder, served at `/assets/{key}` when there is no bucket; deletion with their rows."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Iterable
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from storytailor.errors import MakingError, SignatureError
from storytailor.providers.object_store import (
    CONTENT_TYPES,
    ObjectStore,
    cache_control,
    folder_signer,
    is_draft,
    is_of_a_book,
)
from storytailor.settings import Settings

log = logging.getLogger("storytailor.api")

AT_ONCE, SECONDS = 8, 20.0
"""Folders of a deleted account that are emptied side by side, and for how long its family waits for that."""
NOT_SIGNED = (
    "This URL does not open the file: it has ended, or is not as it was given out. Fetch the story or the character "
    "again (GET /api/v1/stories/{id}) for one that does."
)


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
    """Files below a folder, each for whoever was given its URL; finished books for anybody, where settings say so."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError where there is nothing to check signatures with."""
        super().__init__(directory=Path(settings.assets_folder), check_dir=False)
        self._signer = folder_signer(settings)
        self._books_are_public = settings.books_are_public

    async def check_config(self) -> None:
        """Nothing to check: the first stored object makes the folder, and until then all is not found."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, if the URL opens it. Without that it is not said whether there is one."""
        if scope["method"] in ("GET", "HEAD") and not self._opens(path, QueryParams(scope["query_string"])):
            raise SignatureError(NOT_SIGNED)
        return await super().get_response(path, scope)  # which refuses other methods

    def _opens(self, key: str, query: QueryParams) -> bool:
        if self._books_are_public and is_of_a_book(key) and not is_draft(key):
            return True
        return self._signer.holds(key, query.get("expires", ""), query.get("signature", ""), time.time())

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, a range of it or its headers, never to be taken for something to run."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        key = self.get_path(scope)
        response.headers["Cache-Control"] = cache_control(key, books_are_public=self._books_are_public)
        response.headers["X-Content-Type-Options"] = "nosniff"
        extension = os.fspath(full_path).rpartition(".")[2]
        response.headers["Content-Type"] = CONTENT_TYPES.get(extension, "application/octet-stream")
        return response
