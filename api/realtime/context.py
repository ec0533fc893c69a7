"""What sockets work with: parts of the app, shared by all of them."""

from __future__ import annotations

from dataclasses import dataclass

from api.auth import Authenticator
from api.concurrency import ConcurrencyLimit
from api.events import StoryFeed
from api.limits import SocketLimits
from api.realtime.shared_records import SharedRecords


@dataclass(frozen=True)
class ConnectionContext:
    """Parts of the app, and what each user and address has of them."""

    records: SharedRecords
    feed: StoryFeed
    authenticator: Authenticator
    limits: SocketLimits
    sockets: ConcurrencyLimit
    """By user."""
    channels: ConcurrencyLimit
    """By user."""
