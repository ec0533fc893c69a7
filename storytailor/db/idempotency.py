"""Idempotency keys: the same request sent twice is answered once and told twice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storytailor.db.connection import Connection, Row, fetch, json
from storytailor.errors import IdempotencyConflict


@dataclass(frozen=True)
class Once:
    """A caller's idempotency key, and a digest of the request it stands for."""

    key: str
    request_hash: str


async def earlier_answer(connection: Connection, user_id: UUID, once: Once) -> Row | None:
    """What this request was answered before, or None. Raises IdempotencyConflict when the key was another's.

    Call it with the user's row locked: a second request then waits until the first is answered.
    """
    rows = await fetch(connection, "idempotency/answer", user_id=user_id, key=once.key)
    if not rows:
        return None
    if rows[0]["request_hash"] != once.request_hash:
        raise IdempotencyConflict(
            "This Idempotency-Key was used for another request. Use a new key for each new request."
        )
    answer: Row = rows[0]["response"]
    return answer


async def remember_answer(connection: Connection, user_id: UUID, once: Once, answer: Row) -> None:
    """Keep the answer, in the transaction that made it."""
    await fetch(
        connection,
        "idempotency/remember",
        user_id=user_id,
        key=once.key,
        request_hash=once.request_hash,
        response=json(answer),
    )
