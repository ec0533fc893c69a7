"""Asking a model about what another has made: one that fails is asked again, for what it is asked about is paid for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storytailor.catalog import Retries
from storytailor.errors import NotJudgedError, PromptBlockedError, TransientError, UnfitOutputError

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE = Retries(5, "exponential", 2.0)
"""About a minute in all."""


async def until_answered(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer; while there is none the question is put again, after growing waits.

    Raises what was raised last, and at once PromptBlockedError, as who declines to look goes on to,
    UnfitOutputError, which is an answer, and NotJudgedError, before which others were asked as long.
    """
    for retry in range(1, PATIENCE.times + 1):
        try:
            return await ask()
        except (PromptBlockedError, UnfitOutputError, NotJudgedError):
            raise
        except TransientError as failure:
            log.warning("No answer yet (%d of %d): %s", retry, PATIENCE.times + 1, failure.for_operator)
            await asyncio.sleep(PATIENCE.wait_before(retry))
    return await ask()
