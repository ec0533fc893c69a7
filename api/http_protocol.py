"""uvicorn's HTTP/1.1 on h11, for a listener that anybody may connect to: `--http api.http_protocol:HttpProtocol`.

h11 bounds a request's head (`--h11-max-incomplete-event-size`), which httptools, uvicorn's usual choice, does not: that
took a header of 60 MB into memory, and 100,000 of them.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
"""How long a request's head may take to arrive, from the connection or from its first byte."""


class HttpProtocol(H11Protocol):
    """H11Protocol, closing connections whose request does not arrive. Written against uvicorn 0.54."""

    head_seconds = HEAD_SECONDS
    _head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """The first request's time begins."""
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; those of a head do not prolong its time."""
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # the rest of a request that was answered already is malformed
            self.transport.abort()
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_watching()
        super().connection_lost(exc)

    def _watch_head(self) -> None:
        """Between requests it is uvicorn's keep-alive timeout that counts, until a byte comes."""
        if self.conn.their_state is not h11.IDLE:
            self._stop_watching()
        elif self._head_deadline is None:
            self._head_deadline = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None
