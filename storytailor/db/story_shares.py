"""Links by which a story can be read without a token of a user: made and taken back by its owner."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storytailor.catalog import AssetName
from storytailor.db.connection import Connection, Database, fetch_one, fetch_values
from storytailor.db.rows import StoryStatusRow
from storytailor.errors import NotFoundError

SALT_BYTES = 32


@dataclass(frozen=True)
class Share:
    """A story's link; `made` says whether it was made just now."""

    token: str
    created_at: datetime
    made: bool


@dataclass(frozen=True)
class SharedStoryRow(StoryStatusRow):
    """What a reader needs of a story."""

    title: str
    language: str | None
    dedication: str | None
    moral: str | None
    hue_extracted_colors: dict[AssetName, list[str]] | None
    audio_words: list[dict[str, object]] | None
    audio_blocks: dict[str, str] | None
    texts: list[str] | None


@dataclass(frozen=True)
class _ShareRow:
    salt: bytes
    token_hash: bytes
    created_at: datetime


@dataclass(frozen=True)
class _Found:
    story_id: UUID
    owner_user_id: UUID


class StoryShares:
    """The links of one database. A token follows from its row's salt and `key`, which the database does not hold."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    async def share(self, user_id: UUID, story_id: UUID) -> Share:
        """The link of one of the user's stories, made if there is none. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            made = await self._make(connection, user_id, story_id)
            row = await _get(connection, user_id, story_id)
            if _hash(self._token(row.salt)) != row.token_hash:  # of another key, so that nobody can give it again
                await fetch_values(connection, UUID, "story_shares/take_back", user_id=user_id, story_id=story_id)
                made = await self._make(connection, user_id, story_id)
                row = await _get(connection, user_id, story_id)
            return Share(self._token(row.salt), row.created_at, made)

    async def take_back(self, user_id: UUID, story_id: UUID) -> None:
        """Let the link of one of the user's stories open nothing any more; none is as good. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            if not await fetch_values(connection, UUID, "story_shares/take_back", user_id=user_id, story_id=story_id):
                raise NotFoundError("story", str(story_id))

    async def read(self, token: str) -> SharedStoryRow | None:
        """The story that this link opens; None for a token that is none, or is taken back."""
        token_hash = _hash(token)
        found = await self._database.fetch_one(_Found, "story_shares/find", token_hash=token_hash)
        if found is None:
            return None
        async with self._database.as_user(found.owner_user_id) as connection:
            return await fetch_one(
                connection, SharedStoryRow, "story_shares/read", story_id=found.story_id, token_hash=token_hash
            )

    async def _make(self, connection: Connection, user_id: UUID, story_id: UUID) -> bool:
        salt = secrets.token_bytes(SALT_BYTES)
        token_hash = _hash(self._token(salt))
        return bool(
            await fetch_values(
                connection,
                UUID,
                "story_shares/make",
                user_id=user_id,
                story_id=story_id,
                salt=salt,
                token_hash=token_hash,
            )
        )

    def _token(self, salt: bytes) -> str:
        return base64.urlsafe_b64encode(hmac.digest(self._key, salt, hashlib.sha256)).rstrip(b"=").decode()


async def _get(connection: Connection, user_id: UUID, story_id: UUID) -> _ShareRow:
    row = await fetch_one(connection, _ShareRow, "story_shares/get", user_id=user_id, story_id=story_id)
    if row is None:
        raise NotFoundError("story", str(story_id))
    return row


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
