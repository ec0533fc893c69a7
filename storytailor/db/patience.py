"""How long the database is waited for: by whoever is asked something not long, by a run until it is surely back.

A managed database's failover takes a minute or two. What a run has paid for is kept meanwhile, as it is while the store
is away; a sweep, a page or a worker that stops has nothing to lose and does not wait so long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

RUN_PATIENCE = 180.0
"""Seconds: as long as bytes wait for the store (`storytailor.providers.object_store.patience`)."""

_at_least: ContextVar[float] = ContextVar("patience with the database", default=0.0)


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """What this thread or task does in a database meanwhile waits so long for it, and who inherits its context."""
    token = _at_least.set(seconds)
    try:
        yield
    finally:
        _at_least.reset(token)


def patience(usual: float) -> float:
    """For how many seconds the database is waited for here, where it is `usual` otherwise."""
    return max(usual, _at_least.get())
