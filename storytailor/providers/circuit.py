"""A circuit breaker: what only an operator can end (no credit, a refused key) is asked once, not by every story.

Closed, calls go out. A refusal of that kind opens it, and whoever comes then is told the reason at once. After a pause
it is half-open: one call finds out whether it was mended, and no other goes out while that one is under way. Its answer
closes the circuit; another refusal opens it for twice as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from storytailor.errors import PermanentError, ProviderStoppedError
from storytailor.withheld import without_words

CircuitState = Literal["closed", "half_open", "open"]
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
"""Doubled with each refusal: who has paid, or mended the key, waits so long at the most."""


@dataclass(frozen=True)
class CircuitReport:
    """How the calls to one model stand, for an operator; `reason` is empty for a closed circuit."""

    provider: str
    model: str
    state: CircuitState
    reason: str = ""


class Circuit:
    """Whether the calls of one line go out. Bound to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stopped: ProviderStoppedError | None = None
        self._asks_again_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._probe_under_way = False

    @property
    def state(self) -> CircuitState:
        """Where it stands now."""
        if self._stopped is None:
            return "closed"
        return "half_open" if self._probe_under_way or self._clock() >= self._asks_again_at else "open"

    @property
    def reason(self) -> str:
        """For an operator: why it is not closed; empty when it is."""
        return self._stopped.for_operator if self._stopped else ""

    def require(self) -> None:
        """Raise the ProviderStoppedError of whoever asked last, as long as nobody may ask."""
        if self._stopped and (self.state == "open" or self._probe_under_way):
            raise ProviderStoppedError(
                str(self._stopped), remedy=self._stopped.remedy, detail=self._stopped.detail
            ) from None

    @contextmanager
    def passage(self) -> Iterator[None]:
        """One call goes out. Raises what `require` does; what the call raises says how the circuit stands."""
        self.require()
        is_probe = self._stopped is not None
        self._probe_under_way = is_probe
        try:
            yield
        except ProviderStoppedError as stopped:
            self._open(stopped, is_probe=is_probe)
            raise
        except PermanentError:  # refused for what it asked: so it was let in
            self._close(is_probe=is_probe)
            raise
        else:
            self._close(is_probe=is_probe)
        finally:
            if is_probe:
                self._probe_under_way = False

    def _open(self, stopped: ProviderStoppedError, *, is_probe: bool) -> None:
        if self._stopped is not None and not is_probe:  # one of a crowd that was refused together
            return
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS) if is_probe else FIRST_PAUSE_SECONDS
        self._stopped, self._asks_again_at = _fit_for_others(stopped), self._clock() + self._pause

    def _close(self, *, is_probe: bool) -> None:
        if is_probe:  # an answer to a call from before says nothing of what has happened since
            self._stopped = None


def _fit_for_others(stopped: ProviderStoppedError) -> ProviderStoppedError:
    """The same without the words of the family whose call it was: a provider may quote them, and others are told."""
    detail = without_words(stopped.detail)
    return ProviderStoppedError(str(stopped), remedy=without_words(stopped.remedy), detail=detail)
