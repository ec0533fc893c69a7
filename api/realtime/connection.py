"""One socket: the frames that come, and the channels that were joined over it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.auth import Authenticator, Caller
from api.events import StoryFeed
from api.limits import SocketLimits
from api.realtime.channel import Channel
from api.realtime.frames import Frame, MalformedFrameError, Payload, Version, read, write
from api.realtime.subscriptions import JoinRefusedError, subscriptions_of
from api.realtime.tokens import caller_of
from storytailor.db.realtime import StoryRecords
from storytailor.errors import RequestError

log = logging.getLogger("storytailor.api")

GOING_AWAY, INVALID, TOO_BIG, TRY_LATER = 1001, 1007, 1009, 1013
SUBSCRIBED = "Subscribed to PostgreSQL"


class SocketClosingError(Exception):
    """The socket is to be closed, with this code and for this reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class ConnectionContext:
    """What a socket works with: parts of the app, shared by all of them."""

    records: StoryRecords
    feed: StoryFeed
    authenticator: Authenticator
    limits: SocketLimits


class Connection:
    """Answers one client until it disconnects or is disconnected."""

    def __init__(self, socket: WebSocket, version: Version, apikey: str | None, service: ConnectionContext) -> None:
        self._socket = socket
        self._version = version
        self._apikey = apikey
        self._service = service
        self._limits = service.limits
        self._writing = asyncio.Lock()
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

    async def _receive_frames(self) -> None:
        ends = asyncio.get_running_loop().time() + self._limits.lifetime
        while True:
            text = await self._receive(ends)
            if text is None:  # binary frames carry broadcasts, which are not spoken here
                continue
            if len(text) > self._limits.frame_characters:
                raise SocketClosingError(
                    TOO_BIG, f"A frame has {self._limits.frame_characters} characters at the most."
                )
            try:
                frame = read(text, self._version)
            except MalformedFrameError as error:
                raise SocketClosingError(INVALID, str(error)) from None
            try:
                await self._handle(frame)
            except JoinRefusedError as refusal:
                await self._send(frame.answer("error", {"reason": str(refusal)}))
            except RequestError as error:
                await self._send(frame.answer("error", {"reason": error.message}))

    async def _receive(self, ends: float) -> str | None:
        """The next frame's text, None for a binary one."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(min(ends, loop.time() + self._limits.idle)):
                message = await self._socket.receive()
        except TimeoutError:
            old = loop.time() >= ends
            raise SocketClosingError(GOING_AWAY, "Connect again." if old else "No heartbeat came.") from None
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
        if len(self._channels) >= self._limits.channels:
            raise JoinRefusedError(f"A socket takes {self._limits.channels} channels at the most.")
        subscriptions = subscriptions_of(frame.payload, self._limits.subscriptions)
        channel = Channel(frame, subscriptions, self._service.records, self._send, self._limits)
        channel.subscribe(self._service.feed)
        try:
            await channel.sign_in(*await self._caller(frame.payload))
            granted = [subscription.granted for subscription in subscriptions]
            await self._send(frame.answer("ok", {"postgres_changes": granted}))
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
        return await caller_of(self._service.authenticator, payload.get("access_token"), self._apikey)

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
