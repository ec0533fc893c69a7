"""Which providers have let nobody through for minutes: told from one that is busy for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from storytailor.db.workers import ProviderCircuit

LASTING_SECONDS = 120.0
"""A provider that is busy for less is weather."""
FORGOTTEN_SECONDS = 90.0
"""Without a stop: whoever asks is stopped sooner again, so nobody asks by now, and nobody suffers."""


class ProviderStops:
    """Since when each model's calls have been stopped, as one process has seen it at its looks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[float, float]] = {}

    def lasting(self, circuits: Iterable[ProviderCircuit]) -> list[ProviderCircuit]:
        """Of the circuits as they stand now, one for each model that has been stopped, look for look, that long."""
        now = self._clock()
        stopped = {(one.provider, one.model): one for one in circuits if one.state != "closed" and one.reason}
        for key, circuit in stopped.items():
            since, opened = self._seen.get(key, (now, now))
            self._seen[key] = since, now if circuit.state == "open" else opened
        self._seen = {
            key: (since, opened)
            for key, (since, opened) in self._seen.items()
            if key in stopped and now - opened < FORGOTTEN_SECONDS
        }
        return [stopped[key] for key, (since, _) in self._seen.items() if now - since >= LASTING_SECONDS]
