"""How much a provider takes within a minute."""

from __future__ import annotations

from collections import deque


class MinuteWindow:
    """What was sent within the last minute, and how long more of it has to wait.

    A window that moves keeps within both ways in which providers count: any sixty seconds, and a bucket that refills.
    """

    def __init__(self, most: int | None = None, *, seconds: float = 60.0) -> None:
        self.most = most
        self._seconds = seconds
        self._sent: deque[tuple[float, int]] = deque()

    def wait(self, now: float, amount: int) -> float:
        """Seconds until `amount` more may be sent. More than the whole limit waits for an empty window."""
        self._forget(now)
        if self.most is None:
            return 0.0
        excess = sum(sent for _, sent in self._sent) + min(amount, self.most) - self.most
        for at, sent in self._sent:
            if excess <= 0:
                break
            excess -= sent
            if excess <= 0:
                return at + self._seconds - now
        return 0.0

    def take(self, now: float, amount: int) -> None:
        """Write down that so many are sent now."""
        if amount:
            self._sent.append((now, amount))

    def limit(self, most: int) -> None:
        """Keep to a limit that was learned, if it is the tighter one."""
        self.most = most if self.most is None else min(self.most, most)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0][0] <= now - self._seconds:
            self._sent.popleft()
