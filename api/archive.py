"""A family's export as a ZIP, written while it is read: no more than one file of it is in memory at a time."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from storytailor.db.export import Export
from storytailor.errors import MakingError, ObjectMissingError
from storytailor.providers.object_store import ObjectStore

log = logging.getLogger("storytailor.api")

PACKED = (".json", ".txt")
"""What is worth compressing: pictures, voices and books are compressed already."""


class _Sink(io.RawIOBase):
    """What a ZIP is written to: it keeps what was written until that is taken, and cannot be wound back."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # any buffer
        self._written += data
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


class Archive:
    """The archive of one user: account.json, characters/<id>/ and stories/<id>/ with their pictures and files."""

    def __init__(self, export: Export, store: ObjectStore, user_id: UUID) -> None:
        self._export, self._store, self._user_id = export, store, user_id
        self._lacking: list[str] = []

    async def parts(self) -> AsyncIterator[bytes]:
        """The archive, a file a part. What the store does not give is listed in NOT-INCLUDED.txt."""
        sink = _Sink()
        archive = zipfile.ZipFile(sink, "w")
        async for name, body in self._files():
            await asyncio.to_thread(_write, archive, name, body)
            yield sink.take()
        if self._lacking:
            lines = "These files could not be read. Ask for the export again later.\n" + "\n".join(self._lacking) + "\n"
            await asyncio.to_thread(_write, archive, "NOT-INCLUDED.txt", lines.encode())
        archive.close()
        yield sink.take()

    async def _files(self) -> AsyncIterator[tuple[str, bytes]]:
        yield "account.json", _json(await self._export.account(self._user_id))
        for character in await self._export.characters(self._user_id):
            folder = f"characters/{character.id}"
            yield f"{folder}/character.json", _json(character.facts)
            async for file in self._stored({f"{folder}/{_file(key)}": key for key in character.pictures}):
                yield file
        for story_id in await self._export.stories(self._user_id):
            story = await self._export.story(self._user_id, story_id)
            if story is None:
                continue
            folder = f"stories/{story_id}"
            yield f"{folder}/story.json", _json(story.facts)
            keys = {f"{folder}/{name}{_suffix(key)}": key for name, key in story.objects.items()}
            keys |= {f"{folder}/references/{key.replace('/', '-')}": key for key in story.pictures}
            async for file in self._stored(keys):
                yield file

    async def _stored(self, keys: dict[str, str]) -> AsyncIterator[tuple[str, bytes]]:
        for name, key in keys.items():
            try:
                yield name, await self._store.get(key)
            except ObjectMissingError:
                self._lacking.append(f"{name}: is not stored any more")
            except MakingError as failure:
                log.warning("A file of an export could not be read: %s", failure.for_operator)
                self._lacking.append(f"{name}: could not be read")


class OneEach:
    """Who is being served in this process: each user once at a time."""

    def __init__(self, most: int) -> None:
        self._most, self._served = most, set[UUID]()

    def enter(self, user_id: UUID) -> bool:
        """Take the user's place; False when it is taken, or all are."""
        if user_id in self._served or len(self._served) >= self._most:
            return False
        self._served.add(user_id)
        return True

    def leave(self, user_id: UUID) -> None:
        """Give the place back."""
        self._served.discard(user_id)

    async def until_done(self, user_id: UUID, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Pass the parts on, and give the place back when they end or nobody wants them any more."""
        try:
            async for part in parts:
                yield part
        finally:
            self.leave(user_id)


def _write(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(PACKED) else zipfile.ZIP_STORED
    archive.writestr(info, body)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _file(key: str) -> str:
    return key.rpartition("/")[2]


def _suffix(key: str) -> str:
    return "." + key.rpartition(".")[2]
