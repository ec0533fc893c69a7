"""What is said of a provider's failure: plain words for a family, the provider's own for an operator's log."""

from __future__ import annotations

import re
from html import unescape

from storytailor.endpoints import Endpoint, Role
from storytailor.text.storable import storable_text

LONGEST = 500
_TITLE = re.compile(r"<title\b[^>]*>([^<]{1,1000})", re.IGNORECASE)
_WHERE_TITLES_ARE = 20_000
SECRET = re.compile(
    r"\b(?:sk|xi|rk|pk|key)[-_][\w*.-]{4,}|\beyJ[\w-]{10,}\.[\w.-]+|\bBearer\s+\S+|\b[0-9a-f]{32,}\b", re.IGNORECASE
)
_SERVICES: dict[Role, str] = {
    "text": "The writing service",
    "vision": "The picture check",
    "image": "The picture service",
    "moderation": "The safety check",
    "voice": "The voice service",
}


def service(endpoint: Endpoint) -> str:
    """What a family knows the endpoint as."""
    return _SERVICES[endpoint.role]


def is_stopped(endpoint: Endpoint) -> str:
    """For a family: nothing they could do or wait for would help."""
    return f"{service(endpoint)} cannot be used until something is put right on our side."


def is_busy(endpoint: Endpoint) -> str:
    """For a family: later it may go well."""
    return f"{service(endpoint)} is busy."


def is_away(endpoint: Endpoint) -> str:
    """For a family: nobody is there now."""
    return f"{service(endpoint)} cannot be reached."


def has_failed(endpoint: Endpoint) -> str:
    """For a family: it did not go well this time."""
    return f"{service(endpoint)} did not answer properly."


def has_declined(endpoint: Endpoint) -> str:
    """For a family: it would not, and mostly for nothing they have done."""
    what = "look at this picture" if endpoint.role == "vision" else "write this"
    return f"{service(endpoint)} would not {what}, most likely by mistake. Have it made again: another try may pass."


def does_not_take(endpoint: Endpoint) -> str:
    """For a family: what was sent was not taken."""
    return f"{service(endpoint)} did not take what it was sent."


def provider_words(
    status: int | None, code: object, message: object, *, param: object = None, request_id: object = None
) -> str:
    """`401 invalid_api_key: Incorrect API key provided: ***. (parameter size, request req_1)`."""
    head = " ".join(str(part) for part in (status, code) if part)
    aside = ", ".join(f"{name} {value}" for name, value in (("parameter", param), ("request", request_id)) if value)
    text = ": ".join(part for part in (head, str(message or "").strip()) if part)
    said = SECRET.sub("***", " ".join(text.split()))[:LONGEST] + (f" ({aside})" if aside else "")
    return storable_text(said)


def page_title(body: object) -> str:
    """What a proxy's HTML page, sent where JSON was expected, calls itself; empty for anything else.

    `Attention Required! | Cloudflare` tells an operator who refused. The rest of a page is of no use.
    """
    found = _TITLE.search(body[:_WHERE_TITLES_ARE]) if isinstance(body, str) else None
    return " ".join(unescape(found[1]).split()) if found else ""
