"""Who may read what is the operator's: metrics, and how the parts are that we depend on."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from starlette.requests import Request

from storytailor.settings import Settings

OF_PROXIES = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def is_operator(request: Request, settings: Settings) -> bool:
    """Whether the request carries METRICS_TOKEN; where none is set, whether it comes from this machine by no proxy."""
    if settings.metrics_token is None:
        return _is_loopback(request) and not any(name in request.headers for name in OF_PROXIES)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    wanted = settings.metrics_token.get_secret_value()
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted.encode())


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
