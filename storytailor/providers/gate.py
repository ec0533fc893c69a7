"""The line that all calls of a process to one model by one key stand in.

A busy provider is weather, and so is one that is away: it is waited for, which uses up none of an asset's attempts,
and a hundred stories ask once. What it says of its limits is kept to from then on. One that lets nobody in until the
operator acts is not waited for: that is the line's `Circuit`. A refusal comes at once and a picture takes half a
minute, so in weather the next call follows when a pause has passed without one, and not only when the one before has
its answer.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from storytailor.errors import ProviderBusyError, TransientError
from storytailor.providers.circuit import Circuit, CircuitState
from storytailor.providers.rates import MinuteWindow
from storytailor.time_in_line import standing_in_line

T = TypeVar("T")

LONGEST_BUSY_SECONDS = 300.0
"""So long a provider may refuse everybody, or ask to wait; beyond it the asset's own retries take over."""
FIRST_WAIT_SECONDS, LARGEST_STEP_SECONDS = 1.0, 30.0
"""Where a provider does not say how long: doubled each time, up to the largest."""
CAREFUL_CALLS, CAREFUL_PAUSE_SECONDS = 5, 0.5
"""Until a crowd was let in once, calls beyond this many go one by one: the smallest accounts draw five a minute."""
SHORTEST_PAUSE_SECONDS = 0.1
MINUTE_SECONDS = 60.0
MARGIN = 1 / 60
"""Added to a minute: a call arrives later than it was sent, and the next perhaps less so."""


class Gate:
    """Lets calls through in order, as fast as the provider takes them. Bound to one event loop."""

    def __init__(self, per_minute: Mapping[str, int | None] | None = None) -> None:
        """`per_minute` has a limit for each thing that is counted ("images", "input-images"), or None to learn it."""
        seconds = MINUTE_SECONDS * (1 + MARGIN)
        self._windows = {what: MinuteWindow(most, seconds=seconds) for what, most in (per_minute or {}).items()}
        self._line = asyncio.Lock()
        self._opens_at = 0.0
        self._pause = CAREFUL_PAUSE_SECONDS
        self._busy_since: float | None = None
        self._refused_at = 0.0
        self._refusals = 0
        self._under_way = 0
        self._circuit = Circuit()
        self._busy_reason = ""

    @property
    def state(self) -> tuple[CircuitState, str]:
        """How the line stands, and for an operator why: busy, it is open until it is asked again, then half-open."""
        if self._circuit.state != "closed":
            return self._circuit.state, self._circuit.reason
        if self._busy_since is None:
            return "closed", ""
        waits = asyncio.get_running_loop().time() < self._opens_at
        return "open" if waits else "half_open", self._busy_reason

    async def call(self, ask: Callable[[], Awaitable[T]], amounts: Mapping[str, int] | None = None) -> T:
        """The answer, however often the provider has to be asked. `amounts` is what one call counts for.

        Raises TransientError when the provider has refused everybody for LONGEST_BUSY_SECONDS, or asks for longer; and
        ProviderStoppedError without asking, when another was told so just now.
        """
        while True:
            self._circuit.require()
            with standing_in_line():
                entered = await self._turn(amounts or {})
            self._under_way += 1
            try:
                with self._circuit.passage():
                    answer = await ask()
            except ProviderBusyError as busy:
                self._close(busy, entered)
            else:
                self._answered(entered)
                return answer
            finally:
                self._under_way -= 1

    async def _turn(self, amounts: Mapping[str, int]) -> float:
        """Wait in line until it is this call's turn; when that was, by the loop's clock."""
        now = asyncio.get_running_loop().time
        async with self._line:
            entered = now()
            while (seconds := self._seconds_left(entered, amounts)) > 0:
                await asyncio.sleep(seconds)
                entered = now()
            for what, window in self._windows.items():
                window.take(entered, amounts.get(what, 0))
            if self._busy_since is not None or self._under_way >= CAREFUL_CALLS:
                # nobody was refused since the last one: the next follows sooner
                self._opens_at = entered + self._pause
                self._pause = self._pause / 2 if self._pause > SHORTEST_PAUSE_SECONDS else 0.0
            return entered

    def _seconds_left(self, now: float, amounts: Mapping[str, int]) -> float:
        windows = (window.wait(now, amounts.get(what, 0)) for what, window in self._windows.items())
        return max(self._opens_at - now, *windows, 0.0)

    def _close(self, busy: ProviderBusyError, entered: float) -> None:
        now = asyncio.get_running_loop().time()
        if self._busy_since is None:
            self._busy_since = now
        if entered > self._refused_at:  # not one of a crowd that was refused together
            self._refusals += 1
        self._refused_at = now
        self._busy_reason = busy.for_operator
        step = min(FIRST_WAIT_SECONDS * 2.0 ** (self._refusals - 1), LARGEST_STEP_SECONDS) * random.uniform(0.5, 1.5)
        wait = step if busy.seconds is None else busy.seconds * random.uniform(1.0, 1.1)
        if busy.limit is not None and busy.limit[0] in self._windows:
            self._windows[busy.limit[0]].limit(busy.limit[1])
        if max(wait, now + wait - self._busy_since) > LONGEST_BUSY_SECONDS:
            asked = f"It asked to wait {busy.seconds:.0f} s" if busy.seconds else "It stayed so"
            raise TransientError(str(busy), remedy=f"{busy.remedy} {asked}, which is too long.", detail=busy.detail)
        self._opens_at = max(self._opens_at, now + wait)
        self._pause = max(self._pause, min(wait, LARGEST_STEP_SECONDS))

    def _answered(self, entered: float) -> None:
        if entered > self._refused_at:
            self._busy_since, self._refusals = None, 0
