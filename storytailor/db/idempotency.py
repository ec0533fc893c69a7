"""Idempotency keys: a request that is sent twice makes one story and gets the same answer twice.

An answer is kept for IDEMPOTENCY_KEY_HOURS, also when its story is deleted meanwhile; then the key is as good as new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from storytailor.db.connection import Connection, Database, fetch_one, json, send
from storytailor.db.rows import StatusJson, StoryStatusRow
from storytailor.errors import IdempotencyConflictError
from storytailor.status import StoryState


@dataclass(frozen=True)
class IdempotencyKey:
    """A caller's idempotency key, and a digest of the request it stands for."""

    key: str
    request_hash: str


@dataclass(frozen=True)
class ReplayedStory(StoryStatusRow):
    """Where a story stood when this request was first answered."""


class IdempotencyKeys:
    """The keys of one database, all tenants'."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_expired(self, hours: float, most: int = 100_000) -> int:
        """Forget answers that are older, at most so many; how many those were."""
        return await self._database.execute("idempotency/delete_expired", hours=hours, most=most)


class _ResponseJson(TypedDict):
    id: str
    status: StoryState
    asset_generation_status: StatusJson


@dataclass(frozen=True)
class _SavedResponse:
    request_hash: str
    response: _ResponseJson


async def saved_response(connection: Connection, user_id: UUID, key: IdempotencyKey) -> ReplayedStory | None:
    """What this request was answered before, or None. Raises IdempotencyConflictError when the key was another's.

    None is certain only with the user's row locked: a second request then waits until the first is answered.
    """
    saved = await fetch_one(connection, _SavedResponse, "idempotency/get", user_id=user_id, key=key.key)
    if saved is None:
        return None
    if saved.request_hash != key.request_hash:
        raise IdempotencyConflictError(
            "This Idempotency-Key was used for another request. Use a new key for each new request."
        )
    answer = saved.response
    return ReplayedStory(UUID(answer["id"]), answer["status"], answer["asset_generation_status"])


async def save_response(connection: Connection, user_id: UUID, key: IdempotencyKey, answer: StoryStatusRow) -> None:
    """Keep the answer, in the transaction that made it."""
    response = _ResponseJson(
        id=str(answer.id), status=answer.status, asset_generation_status=answer.asset_generation_status
    )
    await send(
        connection,
        "idempotency/save",
        user_id=user_id,
        key=key.key,
        request_hash=key.request_hash,
        response=json(response),
    )
