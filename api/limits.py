"""How much a request, a stream or a socket may take, and for how long. Times are in seconds."""

from __future__ import annotations

from dataclasses import dataclass

CHECK_TIMEOUT = 3.0
"""For the database and the object store, when `/ready` or `/metrics` asks them."""
MODERATION_RETRY = 10.0
"""Between tries of moderation while it does not work."""
DATABASE_PATIENCE = 6.0
"""A request waits so long for a connection of the pool, then it is told to come back."""
STATEMENT_SECONDS = 6.0
"""And so long for each thing it does with one."""
SHARED_URL_SECONDS = 300.0
"""An object's URL that a shared link gave out opens it no longer than this, whether the link was taken back or not."""
STREAM_SEND_TIMEOUT = 30.0
"""A client of a stream or a socket that does not read for so long is disconnected."""
EXPORTS = 8
"""Users whose export a process writes at the same time; each holds one file in memory."""
MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_IMAGE_PIXELS = 40_000_000
MAX_JSON_BYTES = 1024 * 1024
IMAGE_TOO_LARGE = f"The picture is larger than {MAX_IMAGE_BYTES:,} bytes."
BODY_TOO_LARGE = f"The body is larger than {MAX_JSON_BYTES:,} bytes."


@dataclass(frozen=True)
class BodyLimits:
    """How large a request's body may be, and how long it may take to arrive."""

    max_bytes: int
    seconds: float
    too_large: str


JSON_LIMITS = BodyLimits(MAX_JSON_BYTES, 30.0, BODY_TOO_LARGE)
IMAGE_LIMITS = BodyLimits(MAX_IMAGE_BYTES + 64 * 1024, 120.0, IMAGE_TOO_LARGE)
"""The image, and the multipart form around it."""


@dataclass(frozen=True)
class StreamTimings:
    """The timings of a stream of Server-Sent Events."""

    keep_alive: float = 15.0
    recheck: float = 30.0
    """A row is read again after so long without a change: a LISTEN connection can break without an error."""
    lifetime: float = 30 * 60.0
    reconnect_seconds: float = 2.0
    """Between tries when the database does not answer."""


@dataclass(frozen=True)
class SocketLimits:
    """Sizes, counts and timings of a realtime socket, and how many a process takes."""

    frame_characters: int = 64 * 1024
    """Of a frame that is sent to us; ours are as large as a story's row."""
    channels: int = 100
    subscriptions: int = 50
    """In one channel."""
    idle: float = 60.0
    """Without a frame from the client. supabase-js sends a heartbeat every 25 s."""
    lifetime: float = 4 * 3600.0
    send_timeout: float = STREAM_SEND_TIMEOUT
    recheck: float = 60.0
    """Rows are compared again after so long without a change: a LISTEN connection can break without an error."""
    reconnect_seconds: float = 2.0
    """Between tries when the database does not answer."""
    frames_at_once: int = 50
    frames_a_second: float = 20.0
    """What comes faster waits in the client's own connection."""
    refusals: int = 20
    """Of what a socket asks for; then it is closed."""
    sign_in: float = 15.0
    """A socket over which nobody has signed in by then is closed."""
    strangers_channels: int = 10
    strangers_frame: int = 16 * 1024
    """Channels, and characters of a frame, before somebody has signed in."""
    sockets_a_user: int = 20
    sockets_an_address: int = 200
    """This machine's own are not counted."""
    channels_a_user: int = 100
    """Over all sockets of theirs: each is sent each change."""
    pending_changes: int = 1000
    """Changed stories a channel remembers; beyond, it asks the database what has changed."""
