"""What a knock at a provider brings: how one thing that a story needs answers, by a call that costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from storytailor.errors import MakingError, PermanentError, ProviderAwayError, ProviderBusyError, SettingsError

Severity = Literal["fine", "warning", "passing", "problem"]
KNOCK_SECONDS = 8.0
"""How long one call may take; they run side by side."""


@dataclass(frozen=True)
class Knock:
    """One thing that was looked at. `remedy` says what to do about what is not fine, else it is None.

    A warning ends no story yet; what may be passing fails now and may go well in a minute; a problem stays until
    somebody acts.
    """

    what: str
    result: str
    remedy: str | None = None
    severity: Severity = "fine"


def problem(what: str, result: str, remedy: str) -> Knock:
    """Something that stays so until somebody acts."""
    return Knock(what, result, remedy, "problem")


def warning(what: str, result: str, remedy: str) -> Knock:
    """Something that ends no story yet."""
    return Knock(what, result, remedy, "warning")


async def tried(what: str, call: Callable[[], Awaitable[Knock]]) -> Knock:
    """The knock that the call makes, or its failure in words; never longer than KNOCK_SECONDS, never tried again."""
    try:
        async with asyncio.timeout(KNOCK_SECONDS):
            return await call()
    except TimeoutError:
        remedy = "Look at its status page, and at this machine's way out: a proxy, a firewall?"
        return Knock(what, f"no answer within {KNOCK_SECONDS:.0f} s", remedy, "passing")
    except ProviderAwayError as away:
        return Knock(what, away.detail or "cannot be reached", away.remedy, "passing")
    except ProviderBusyError:
        return Knock(what, "answers, but is busy")
    except SettingsError as error:
        return problem(what, "cannot be asked", str(error))
    except MakingError as failure:
        severity: Severity = "problem" if isinstance(failure, PermanentError) else "passing"
        return Knock(what, failure.detail or "failed", failure.remedy or str(failure), severity)


def gathered(knocks: Iterable[Knock]) -> list[Knock]:
    """The same, where one remedy mends several things said once: a wrong key fails all of them."""
    by_remedy: dict[str, Knock] = {}
    found: list[Knock] = []
    for knock in knocks:
        if knock.remedy is None:
            found.append(knock)
        elif (first := by_remedy.get(knock.remedy)) is None:
            by_remedy[knock.remedy] = knock
        else:
            by_remedy[knock.remedy] = replace(first, what=f"{first.what}, {knock.what}")
    return [*found, *by_remedy.values()]
