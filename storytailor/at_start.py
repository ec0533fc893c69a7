"""What a process says in its log as it starts: with what it works, and what of that will fail; what it keeps from then
on; and to whom it sends traces and errors.

In a fleet the log is all an operator sees unless he asks `storytailor doctor`. No key, password or query is in it.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

from storytailor import error_reports, tracing
from storytailor.db.connecting import place_of
from storytailor.endpoints import ROLES, Endpoint, Role, endpoint
from storytailor.errors import SettingsError
from storytailor.settings import Settings, where_to_set

log = logging.getLogger(__name__)

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
BOUND_SPENDING = (
    "Set DAILY_BUDGET, US dollars a day for all, and USER_DAILY_BUDGET for each user: 5 for a user, and for all a"
    " day's stories times the estimate of one, are a good beginning."
)


class Found(Protocol):
    """One thing that was looked at; `remedy` is None where it is fine."""

    @property
    def what(self) -> str:
        """Its name."""

    @property
    def result(self) -> str:
        """How it is."""

    @property
    def remedy(self) -> str | None:
        """What to do about it."""


def send_telemetry(settings: Settings, service: str) -> None:
    """Send this process's traces and unexpected errors from now on, where the settings say to whom.

    A second call changes nothing. `service` is what the process is called there.
    """
    tracing.configure(settings, service)
    error_reports.configure(settings, service)


def works_with(settings: Settings) -> str:
    """One line: database, store, who is asked for what, the narrator, the form of the log."""
    parts = [f"database {place_of(settings.database)}", _store(settings), *_asked(settings)]
    parts.append(f"narrator {settings.voice_id or 'not set: the first of the account that fits'}")
    return "; ".join([*parts, f"log as {settings.log_format}"])


def warn_of(room: str, found: Iterable[Found]) -> None:
    """A warning for each thing that is not fine, and once where settings are changed."""
    troubles = [one for one in found if one.remedy is not None]
    for trouble in troubles:
        log.warning("%s%s: %s. %s", room, trouble.what, trouble.result.rstrip("."), trouble.remedy)
    if troubles:
        log.warning("Stories will suffer from that. Settings are read at the start: change them %s.", where_to_set())


def unbounded_spending(settings: Settings) -> str | None:
    """What to say where paid providers are asked and no DAILY_BUDGET bounds what they cost; None where all is well.

    The emulator, and whatever else is on this machine, costs nothing.
    """
    if settings.daily_budget is not None or not any(_is_paid(settings, role) for role in ROLES):
        return None
    one = "" if settings.user_daily_budget is None else ", but for each user by USER_DAILY_BUDGET"
    return f"real providers are asked, and nothing bounds what they may cost in a day{one}"


def _is_paid(settings: Settings, role: Role) -> bool:
    if role == "moderation" and settings.moderation != "chat":
        return False  # the endpoint costs nothing
    try:
        place = endpoint(settings, role)
    except SettingsError:  # a key of Parameter Store's: a real one
        return True
    return not (place.is_emulated or (urlsplit(place.base_url or "").hostname or "") in LOOPBACK)


def _store(settings: Settings) -> str:
    access = "books are public" if settings.books_are_public else "signed URLs"
    if settings.assets_bucket is None:
        return f"files in the folder {settings.assets_folder} ({access})"
    at = f" at {_host(settings.s3_endpoint)}" if settings.s3_endpoint else ""
    where = f"files in the bucket {settings.assets_bucket}{at}"
    if settings.books_are_public:  # what is signed leads to the bucket itself
        where += f", books read at {_host(settings.assets_url)}"
    return f"{where} ({access})"


def _asked(settings: Settings) -> list[str]:
    """`text, vision by OpenAI (own)`: the roles that one server has, together."""
    servers: dict[str, list[Role]] = {}
    for role in ROLES:
        if role == "moderation" and settings.moderation == "off":
            servers.setdefault("nobody", []).append(role)
            continue
        try:
            server = _server(endpoint(settings, role))
        except SettingsError:
            server = f"a key that is not here (PARAMETER_STORE_PATH={settings.parameter_store_path})"
        servers.setdefault(server, []).append(role)
    return [f"{', '.join(roles)} by {server}" for server, roles in servers.items()]


def _server(place: Endpoint) -> str:
    if place.kind == "own":
        return f"{place.provider} (own)"
    return f"{_host(place.base_url or '')} ({'the emulator' if place.is_emulated else 'other'})"


def _host(url: str) -> str:
    """Host and port: no user, no password, no query."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or url


def keep_what_is_loaded() -> None:
    """What a process has loaded by now stays: no collection of garbage looks at it again.

    Of the API's 200,000 objects one takes 80 to 200 ms, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
