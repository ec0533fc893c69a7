"""Errors of ours, sent to Sentry where SENTRY_DSN leads; where it is not set nothing is imported.

What is sent is what was logged with an exception that nobody expected: its kind and place, and which story, run and
request it was about. Never what it says, since that may be a family's words; nor a body, a header, or a variable's
value. The log of the process has the exception's text, without the words of the family it was about.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from storytailor.errors import StorytailorError
from storytailor.logs import subject
from storytailor.settings import Settings
from storytailor.withheld import without_words

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

SENT = frozenset(
    {
        "event_id",
        "timestamp",
        "level",
        "platform",
        "logger",
        "release",
        "environment",
        "server_name",
        "sdk",
        "modules",
        "fingerprint",
        "contexts",
    }
)
"""What of an event goes out as it is; its exceptions go out without their words."""
PLACE = frozenset(
    {"filename", "abs_path", "function", "module", "lineno", "pre_context", "context_line", "post_context", "in_app"}
)
"""What of a stack's frame goes out: where it is in our source."""


def configure(settings: Settings, service: str) -> None:
    """Send this process's unexpected errors from now on, if there is somebody to send them to.

    A second call changes nothing. `service` is the process's name.
    """
    if settings.sentry_dsn is None:
        return
    import sentry_sdk

    if sentry_sdk.is_initialized():
        return
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.integrations.threading import ThreadingIntegration

    sentry_sdk.init(
        settings.sentry_dsn.get_secret_value(),
        environment=settings.sentry_environment,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            ThreadingIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_a_familys_words,
    )
    sentry_sdk.set_tag("service", service)


def without_a_familys_words(event: Event, hint: Hint) -> Event | None:
    """The event as it is sent; None for what nobody has to mend in the code."""
    raised = hint.get("exc_info")
    if raised is None or isinstance(raised[1], StorytailorError):
        return None
    given: dict[str, Any] = dict(event)
    sent: dict[str, Any] = {name: given[name] for name in SENT if name in given}
    sent["exception"] = {"values": [_without_its_words(value) for value in given["exception"]["values"]]}
    sent["tags"] = {**given.get("tags", {}), **{name: without_words(value) for name, value in subject().items()}}
    return sent  # type: ignore[return-value]  # an Event is a dict of these


def _without_its_words(exception: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: exception[name] for name in ("type", "module", "mechanism") if name in exception}
    frames = (exception.get("stacktrace") or {}).get("frames", ())
    placed = [{name: frame[name] for name in PLACE if name in frame} for frame in frames]
    return {**kept, "value": "See the log.", "stacktrace": {"frames": placed}}
