"""Whether the broker takes messages. A run that cannot be sent to the workers has failed at once, for nothing."""

from __future__ import annotations

from kombu.connection import Connection
from kombu.exceptions import KombuError

from storytailor.errors import ServiceUnavailableError

PATIENCE_SECONDS, PAUSE_SECONDS = 4.0, 0.25
AWAY = "The broker does not answer, so no worker can be told of a story: is it up, and is BROKER_URL right?"


def require_broker(url: str) -> None:
    """Connect to the broker as Celery does, and wait a little until it answers. Raises ServiceUnavailableError."""
    limits = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
    waiting = {"timeout": PATIENCE_SECONDS, "interval_start": PAUSE_SECONDS, "interval_step": 0.0}
    broker = Connection(url, connect_timeout=PATIENCE_SECONDS, transport_options=limits)  # type: ignore[no-untyped-call]
    try:
        with broker:
            broker.ensure_connection(**waiting)  # type: ignore[no-untyped-call]
    except (KombuError, OSError) as away:
        raise ServiceUnavailableError(AWAY) from away
