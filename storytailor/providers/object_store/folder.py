"""Objects as files below a folder of this machine."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from storytailor.errors import MakingError, ServiceUnavailableError
from storytailor.providers.object_store.failures import Doing, missing, permanent, transient
from storytailor.providers.object_store.store import parted

PASSING = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EBUSY, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
    | {errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.ENOTCONN}
)
"""A full disk, a lost network drive: what ends without a change of the settings."""
_DRAFT = re.compile(r"\.[0-9a-f]{32}$")


def is_draft(key: str) -> bool:
    """Whether a file of this name below the folder is no object, but was left half-written by a process that died."""
    return _DRAFT.search(key) is not None


class Folder:
    """Objects as files below a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, key: str, body: bytes) -> None:
        """Write beside and rename, so that nobody reads half a file."""
        await asyncio.to_thread(self._write, self._path(key), body)

    async def get(self, key: str) -> bytes:
        """The file's bytes."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError as error:
            raise missing(key, str(self.root)) from error
        except OSError as error:
            raise self._failure("read", error) from error

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove the files."""
        for key in keys:
            try:
                await asyncio.to_thread(self._path(key).unlink, missing_ok=True)
            except OSError as error:
                raise self._failure("removed", error) from error

    async def delete_below(self, prefix: str) -> None:
        """Remove the files, and the folder itself when all of it goes."""
        folder, name = parted(prefix)
        await asyncio.to_thread(self._remove, self._path(folder), name)

    async def keys(self, beginning: str = "") -> AsyncIterator[list[str]]:
        """The files' paths below the folder, half-written ones as well."""
        top = self._path(beginning.rpartition("/")[0])
        paths = await asyncio.to_thread(lambda: [path for path in top.rglob("*") if path.is_file()])
        keys = (path.relative_to(self.root.resolve()).as_posix() for path in paths)
        yield sorted(key for key in keys if key.startswith(beginning))

    async def check(self) -> None:
        """The folder can be made and written to."""
        try:
            await asyncio.to_thread(self.root.mkdir, parents=True, exist_ok=True)
            if not os.access(self.root, os.W_OK):
                raise PermissionError(errno.EACCES, "no permission to write")
        except OSError as error:
            raise ServiceUnavailableError(
                f"Files cannot be stored in {self.root}: {error.strerror}. Set ASSETS_DIR to a writable folder.",
                retry_after=30,
            ) from error

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(f"The key {key!r} leads out of the store.")
        return path

    def _remove(self, folder: Path, beginning: str) -> None:
        try:
            if not beginning:
                shutil.rmtree(folder)
            else:
                for path in folder.iterdir():
                    if path.name.startswith(beginning):
                        path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # there never was any, or somebody else is removing them as well
        except OSError as error:
            raise self._failure("removed", error) from error

    def _write(self, path: Path, body: bytes) -> None:
        draft = path.with_name(f"{path.name}.{uuid4().hex}")  # begins as the key does: a prefix's deletion takes both
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(body)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):  # the first error is the one to tell
                draft.unlink(missing_ok=True)
            raise self._failure("stored", error) from error

    def _failure(self, doing: Doing, error: OSError) -> MakingError:
        where = f"The folder of stored files, {self.root}"
        if error.errno in PASSING:
            return transient(doing, f"{where}: {error.strerror}. Make room there, or move ASSETS_DIR.", repr(error))
        return permanent(doing, f"{where}: {error.strerror}. Set ASSETS_DIR to a writable folder.", repr(error))
