"""The socket supabase-js connects to: `/realtime/v1/websocket`."""

from __future__ import annotations

import logging
from contextlib import ExitStack

from fastapi import APIRouter, WebSocket

from api.concurrency import ConcurrencyLimit
from api.dependencies import state_of
from api.limits import SocketLimits
from api.rates import address_of
from api.realtime.connection import Connection
from api.realtime.context import ConnectionContext
from api.realtime.frames import version_of
from api.realtime.shared_records import SharedRecords
from storytailor.errors import RateLimitedError

log = logging.getLogger("storytailor.api")

PATH = "/realtime/v1/websocket"
INTERNAL_ERROR = 1011


def realtime_routes(limits: SocketLimits) -> APIRouter:
    """The realtime socket, within these limits."""
    router = APIRouter()
    sockets = ConcurrencyLimit(limits.sockets_a_user, "sockets")
    addresses = ConcurrencyLimit(limits.sockets_an_address, "sockets")
    channels = ConcurrencyLimit(limits.channels_a_user, "channels")

    @router.websocket(PATH)
    async def realtime(socket: WebSocket, vsn: str = "1.0.0", apikey: str | None = None) -> None:
        """Answer a client in the version it asks for; one that is not spoken is refused with 403, and one too many."""
        version = version_of(vsn)
        if version is None:
            await socket.close()
            return
        state = state_of(socket.app)
        records = SharedRecords(state.story_records, state.feed)
        service = ConnectionContext(records, state.feed, state.authenticator, limits, sockets, channels)
        try:
            with ExitStack() as held:
                if (address := address_of(socket)) is not None:
                    state.rates.strangers.spend(address)
                    held.enter_context(addresses.one(address))
                await socket.accept()
                await Connection(socket, version, apikey, service).run()
        except RateLimitedError:
            await socket.close()
        except Exception:
            log.exception("A realtime socket failed.")
            await socket.close(INTERNAL_ERROR)

    return router
