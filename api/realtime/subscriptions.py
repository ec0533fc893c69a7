"""What a client subscribes to when it joins a channel."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from api.realtime.changes import Change
from api.realtime.frames import Payload

EVENTS = ("*", "INSERT", "UPDATE", "DELETE")


class JoinRefusedError(Exception):
    """What was asked for is refused; the text says why."""


@dataclass(frozen=True)
class Subscription:
    """One `.on('postgres_changes', …)` of a channel."""

    number: int
    event: str
    story_id: UUID | None
    """None: every story the subscriber may read."""

    def matches(self, change: Change) -> bool:
        """Whether this change is to be sent for it."""
        return self.event in ("*", change.kind) and self.story_id in (None, change.story_id)


def granted(payload: Payload, limit: int) -> tuple[list[Subscription], list[Payload]]:
    """The subscriptions in a join's payload, numbered from 1 in their order, and each item as the reply repeats it.

    supabase-js compares that with what it requested. Raises JoinRefusedError.
    """
    items = _items(payload, limit)
    subscriptions = [_subscription(number, item) for number, item in enumerate(items, 1)]
    return subscriptions, [item | {"id": number} for number, item in enumerate(items, 1)]


def _items(payload: Payload, limit: int) -> list[Payload]:
    config = payload.get("config") or {}
    items = (config.get("postgres_changes") or []) if isinstance(config, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise JoinRefusedError("config.postgres_changes is a list of objects.")
    if len(items) > limit:
        raise JoinRefusedError(f"A channel takes {limit} subscriptions at the most.")
    return items


def _subscription(number: int, item: Payload) -> Subscription:
    event, schema, table = item.get("event"), item.get("schema"), item.get("table", "*")
    if not isinstance(event, str) or event.upper() not in EVENTS:
        raise JoinRefusedError(f"The event is one of {', '.join(EVENTS)}.")
    if schema not in ("public", "*"):
        raise JoinRefusedError("The schema is public.")
    if table not in ("stories", "*"):
        raise JoinRefusedError("The table is stories.")
    return Subscription(number, event.upper(), _story_id(item.get("filter")))


def _story_id(written: object) -> UUID | None:
    """The story in `id=eq.<uuid>`; None when there is no filter. Raises JoinRefusedError."""
    if written is None or (isinstance(written, str) and not written.strip()):
        return None
    if isinstance(written, str) and written.startswith("id=eq."):
        try:
            return UUID(written.removeprefix("id=eq."))
        except ValueError:
            pass
    raise JoinRefusedError("The filter is id=eq.<uuid>, or none for all your stories.")
