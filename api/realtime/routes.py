"""The socket supabase-js connects to: `/realtime/v1/websocket`."""

from __future__ import annotations

import logging

from fastapi import APIRouter, WebSocket

from api.dependencies import state_of
from api.limits import SocketLimits
from api.realtime.connection import Connection, ConnectionContext
from api.realtime.frames import version_of

log = logging.getLogger("storytailor.api")

PATH = "/realtime/v1/websocket"
INTERNAL_ERROR = 1011


def realtime_routes(limits: SocketLimits) -> APIRouter:
    """The realtime socket, within these limits."""
    router = APIRouter()

    @router.websocket(PATH)
    async def realtime(socket: WebSocket, vsn: str = "1.0.0", apikey: str | None = None) -> None:
        """Answer a client in the version it asks for; one that is not spoken is refused with 403."""
        version = version_of(vsn)
        if version is None:
            await socket.close()
            return
        state = state_of(socket.app)
        service = ConnectionContext(state.story_records, state.feed, state.authenticator, limits)
        await socket.accept()
        try:
            await Connection(socket, version, apikey, service).run()
        except Exception:
            log.exception("A realtime socket failed.")
            await socket.close(INTERNAL_ERROR)

    return router
