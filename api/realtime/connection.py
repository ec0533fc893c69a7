"""One socket: the frames that come, and the channels that were joined over it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.auth import Caller
from api.realtime.channel import Channel
from api.realtime.context import ConnectionContext
from api.realtime.frames import Frame, MalformedFrameError, Payload, Version, read, write
from api.realtime.subscriptions import JoinRefusedError, granted
from api.realtime.tokens import caller_of
from storytailor.errors import RequestError

log = logging.getLogger("storytailor.api")

GOING_AWAY, INVALID, TOO_BIG, TRY_LATER = 1001, 1007, 1009, 1013
NOT_SIGNED_IN = REFUSED = 1008
SUBSCRIBED = "Subscribed to PostgreSQL"


class SocketClosingError(Exception):
    """The socket is to be closed, with this code and for this reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """Answers one client until it disconnects or is disconnected."""

    def __init__(self, socket: WebSocket, version: Version, apikey: str | None, service: ConnectionContext) -> None:
        self._socket = socket
        self._version = version
        self._apikey = apikey
        self._service = service
        self._limits = service.limits
        self._writing = asyncio.Lock()
        self._users: set[UUID] = set()
        self._held = ExitStack()
        self._refusals = 0
        self._paced_until = 0.0
        self._channels: dict[str, tuple[Channel, asyncio.Task[None]]] = {}
        self._handlers: dict[str, Callable[[Frame, Channel], Coroutine[None, None, None]]] = {
            "phx_leave": self._leave,
            "access_token": self._renew_token,
        }

    async def run(self) -> None:
        """Handle the client's frames, and send it changes, until one side ends it."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._receive_frames()
        except* SocketClosingError as endings:
            ending = endings.exceptions[0]
            assert isinstance(ending, SocketClosingError)  # nothing that is raised in the group wraps it in another
            await self._close(ending)
        except* WebSocketDisconnect:
            pass
        finally:
            for channel, _ in self._channels.values():
                channel.close()
            self._held.close()

    async def _receive_frames(self) -> None:
        begun = asyncio.get_running_loop().time()
        while True:
            text = await self._receive(begun)
            if text is None:  # binary frames carry broadcasts, which are not spoken here
                continue
            most = self._limits.frame_characters if self._users else self._limits.strangers_frame
            if len(text) > most:
                raise SocketClosingError(TOO_BIG, f"A frame has {most} characters at the most.")
            try:
                frame = read(text, self._version)
            except MalformedFrameError as error:
                raise SocketClosingError(INVALID, str(error)) from None
            try:
                await self._handle(frame)
            except (JoinRefusedError, RequestError) as refusal:
                await self._refuse(frame, str(refusal))
            await self._pace()

    async def _refuse(self, frame: Frame, reason: str) -> None:
        await self._send(frame.answer("error", {"reason": reason}))
        self._refusals += 1
        if self._refusals >= self._limits.refusals:
            raise SocketClosingError(REFUSED, "Too much was refused over this socket.")

    async def _pace(self) -> None:
        """Wait when frames come too fast, so that other sockets' are read as well."""
        clock, second = asyncio.get_running_loop().time, 1 / self._limits.frames_a_second
        self._paced_until = max(self._paced_until, clock()) + second
        ahead = self._paced_until - clock() - self._limits.frames_at_once * second
        if ahead > 0:
            await asyncio.sleep(ahead)

    async def _receive(self, begun: float) -> str | None:
        """The next frame's text, None for a binary one."""
        clock = asyncio.get_running_loop().time
        ends = begun + (self._limits.lifetime if self._users else self._limits.sign_in)
        try:
            async with asyncio.timeout_at(min(ends, clock() + self._limits.idle)):
                message = await self._socket.receive()
        except TimeoutError:
            if clock() < ends:
                raise SocketClosingError(GOING_AWAY, "No heartbeat came.") from None
            if self._users:
                raise SocketClosingError(GOING_AWAY, "Connect again.") from None
            raise SocketClosingError(NOT_SIGNED_IN, "Join a channel with an access token.") from None
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text: str | None = message.get("text")
        return text

    async def _handle(self, frame: Frame) -> None:
        if frame.topic == "phoenix" and frame.event == "heartbeat":
            await self._send(frame.answer("ok", {}))
        elif frame.event == "phx_join":
            await self._join(frame)
        elif frame.topic not in self._channels:
            raise JoinRefusedError("unmatched topic")  # Phoenix's own words
        elif (handler := self._handlers.get(frame.event)) is None:
            raise JoinRefusedError(f"{frame.event[:40]} is not spoken here, only postgres_changes.")
        else:
            await handler(frame, self._channels[frame.topic][0])

    async def _join(self, frame: Frame) -> None:
        """Join a topic; one that was joined before is left first, as Phoenix does."""
        if not frame.topic.startswith("realtime:") or frame.topic == "realtime:":
            raise JoinRefusedError("unmatched topic")
        self._drop(frame.topic)
        most = self._limits.channels if self._users else self._limits.strangers_channels
        if len(self._channels) >= most:
            raise JoinRefusedError(
                f"A socket takes {most} channels at the most{'' if self._users else ' without a login'}."
            )
        subscriptions, repeated = granted(frame.payload, self._limits.subscriptions)
        channel = Channel(frame, subscriptions, self._service, self._send)
        try:
            await channel.sign_in(*await self._caller(frame.payload))
            await self._send(frame.answer("ok", {"postgres_changes": repeated}))
            if subscriptions:
                await channel.send_system("postgres_changes", "ok", SUBSCRIBED)
        except BaseException:
            channel.close()
            raise
        self._channels[frame.topic] = channel, self._tasks.create_task(self._run(channel))

    async def _leave(self, frame: Frame, channel: Channel) -> None:
        await self._send(frame.answer("ok", {}))
        if frame.join_ref in (None, channel.join_ref):  # else it is an earlier channel that is left
            self._drop(frame.topic)
            await self._send(Frame(frame.topic, "phx_close", {}, channel.join_ref, channel.join_ref))

    async def _renew_token(self, frame: Frame, channel: Channel) -> None:
        """A newer token for a channel. One that does not hold ends the channel, as Supabase does."""
        token = frame.payload.get("access_token")
        if not isinstance(token, str) or token == channel.token:
            return
        try:
            await channel.sign_in(*await self._caller(frame.payload))
        except RequestError as error:
            self._drop(frame.topic)
            await channel.end(error.message)

    async def _caller(self, payload: Payload) -> tuple[Caller | None, str | None]:
        """Whom the frame's token stands for. Raises RequestError, of a user with too many sockets as well."""
        caller, token = await caller_of(self._service.authenticator, payload.get("access_token"), self._apikey)
        if caller is not None and caller.user_id not in self._users:
            self._held.enter_context(self._service.sockets.one(caller.user_id))
            self._users.add(caller.user_id)
        return caller, token

    async def _run(self, channel: Channel) -> None:
        """Run a channel to its end, then remove it."""
        try:
            await channel.run()
        except (SocketClosingError, WebSocketDisconnect):
            raise
        except Exception:
            log.exception("A realtime channel failed.")
            await self._send(Frame(channel.topic, "phx_error", {}, channel.join_ref, channel.join_ref))
        channel.close()
        if self._channels.get(channel.topic, (None,))[0] is channel:
            del self._channels[channel.topic]

    def _drop(self, topic: str) -> None:
        """Remove a channel, if there is one."""
        if topic in self._channels:
            channel, task = self._channels.pop(topic)
            channel.close()
            task.cancel()

    async def _send(self, frame: Frame) -> None:
        """Send a frame, after the ones before it; a client that does not read it is disconnected."""
        text = write(frame, self._version)
        try:
            async with asyncio.timeout(self._limits.send_timeout), self._writing:
                if self._socket.application_state is not WebSocketState.CONNECTED:
                    raise WebSocketDisconnect(GOING_AWAY)
                await self._socket.send_text(text)
        except TimeoutError:
            raise SocketClosingError(TRY_LATER, "The client does not read.") from None

    async def _close(self, ending: SocketClosingError) -> None:
        try:
            async with asyncio.timeout(self._limits.send_timeout):
                await self._socket.close(ending.code, ending.reason)
        except TimeoutError:
            log.warning("A realtime client that does not read was disconnected without a closing frame.")
        except RuntimeError:  # what Starlette raises for a socket that is closed already
            return
