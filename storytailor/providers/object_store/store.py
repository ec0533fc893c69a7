"""What an object store is, and how its keys are spelled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterable
from typing import Protocol
from uuid import UUID

FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_ITS_READER = "private, max-age=3600, immutable"
"""In the browser of whoever was given the URL, and in no cache that others share."""
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "txt": "text/plain",
}


class ObjectStore(Protocol):
    """Bytes by key; every call has a timeout.

    Failures are TransientError where another try may go well, PermanentError where the operator has to act first.
    Their text is for a family, their `remedy` names the setting.
    """

    async def put(self, key: str, body: bytes) -> None:
        """Store `body`; its content type follows from the key's extension."""

    async def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises ObjectMissingError when there are none."""

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove these; one that is not there is as good as removed."""

    async def delete_below(self, prefix: str) -> None:
        """Remove every object whose key begins with `prefix`, which names at least a first folder."""

    def keys(self, beginning: str = "") -> AsyncIterator[list[str]]:
        """All keys there are that begin so, some at a time."""

    async def check(self) -> None:
        """Raise ServiceUnavailableError, saying what to do, when nothing can be stored here."""


_NAMED_BY_CONTENT = re.compile(r"^(?:stories/.*|characters/.*/portrait)-([0-9a-f]{12})\.\w+$")


def story_prefix(story_id: UUID) -> str:
    """What the keys of all the story's objects begin with."""
    return f"stories/{story_id}/"


def portrait_prefix(character_id: UUID) -> str:
    """What the keys of all portraits of the character begin with."""
    return f"characters/{character_id}/portrait-"


def object_key(story_id: UUID, asset: str, body: bytes, extension: str) -> str:
    """`stories/<story-id>/<asset>-<first 12 of sha256>.<ext>`: new bytes, new key, so a cache never lies."""
    return f"{story_prefix(story_id)}{asset}-{hashlib.sha256(body).hexdigest()[:12]}.{extension}"


def is_as_stored(key: str, body: bytes) -> bool:
    """Whether these bytes are those that the key was made of; true for a key that does not say."""
    named = _NAMED_BY_CONTENT.search(key)
    return named is None or hashlib.sha256(body).hexdigest().startswith(named[1])


def is_of_a_book(key: str) -> bool:
    """Whether this is a file of a story, the only kind that may be public: never a photo or a portrait of a child."""
    return key.startswith("stories/")


def cache_control(key: str, *, books_are_public: bool) -> str:
    """How long which caches may keep the object: the key changes with the bytes."""
    return FOR_A_YEAR if books_are_public and is_of_a_book(key) else FOR_ITS_READER


def content_type(key: str) -> str:
    """The media type of what lies under this key."""
    return CONTENT_TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def parted(prefix: str) -> tuple[str, str]:
    """The folder of a prefix, and how the names in it begin. Raises ValueError for all of the store."""
    folder, _, name = prefix.rpartition("/")
    if not folder:
        raise ValueError(f"The prefix {prefix!r} names no folder of the store.")
    return folder, name
