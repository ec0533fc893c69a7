"""A server that is away: its port is taken, and nobody listens there until it comes back."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from emulator.testing import serving


class AbsentServer:
    """A port of this machine at which connections are refused."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._port = self._stack.enter_context(socket.socket())  # bound, and not listening
        self._port.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._port.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def come_back(self, app: Any, *, after: float = 0.0) -> None:
        """Be there, as this application, in so many seconds."""
        coming = threading.Timer(after, lambda: self._stack.enter_context(serving(app, self._port)))
        coming.start()
        self._stack.callback(coming.join)
        if not after:
            coming.join()
