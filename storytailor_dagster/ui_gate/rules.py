"""What the gate refuses, and the headers that it puts on every answer.

A browser says truly where a request comes from: in `Origin` (every POST, every socket) and in `Sec-Fetch-Site`, neither
of which a page can change. A program that is no browser sends neither, and is no page's tool. The scheme of an origin
is not compared: a proxy with TLS passes requests on without.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from storytailor_dagster.ui_gate.operations import url_only_reads

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
GRAPHQL_BODIES = ("application/json", "application/graphql")

HEADERS: Mapping[str, str] = {
    # beside Dagster's own policy, and a browser keeps to both: no picture, frame or form leads to another host
    "Content-Security-Policy": (
        "img-src 'self' data: blob:; media-src 'self'; font-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        "worker-src 'self' blob:; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Asked:
    """What is asked for: a request, or a socket (`method` "WEBSOCKET"). `headers` by lower-case name, each a list."""

    method: str
    path: str
    query: str
    headers: Mapping[str, list[str]]

    def header(self, name: str) -> str | None:
        """A header that is there at most once; one that is repeated is nobody's."""
        given = self.headers.get(name, [])
        return given[0] if len(given) == 1 else None


@dataclass(frozen=True)
class Refusal:
    """Why something is not passed on."""

    status: int
    why: str


def refusal(asked: Asked, hosts: Collection[str]) -> Refusal | None:
    """Why this is not passed on; None: it is. `hosts`: names of ours besides those of loopback."""
    return _foreign_host(asked, hosts) or _foreign_page(asked) or _command_by_url(asked)


def _foreign_host(asked: Asked, hosts: Collection[str]) -> Refusal | None:
    """A name of somebody else's that leads here (DNS rebinding)."""
    host = asked.header("host")
    if host is None or _name(host) not in LOOPBACK_NAMES.union(hosts):
        return Refusal(421, "This is not the host you asked for. DAGSTER_HOSTS lists the names of this one.")
    return None


def _foreign_page(asked: Asked) -> Refusal | None:
    changes = asked.method not in SAFE_METHODS
    origins = asked.headers.get("origin", [])
    if changes and any(_origin_host(origin) != (asked.header("host") or "").lower() for origin in origins):
        return Refusal(403, "A page of another origin may not do this.")
    for site in asked.headers.get("sec-fetch-site", []):
        if site in ("same-origin", "none"):
            continue
        # what is left to other pages is a link to here, in a window of its own
        visit = asked.header("sec-fetch-mode") == "navigate" and asked.header("sec-fetch-dest") == "document"
        if changes or not visit:
            return Refusal(403, "A page of another origin may not do this.")
    return None


def _command_by_url(asked: Asked) -> Refusal | None:
    """Dagster's GraphQL changes things by whatever comes: here only by POST with a body that no form can send."""
    if "graphql" not in asked.path.lower() or asked.method == "WEBSOCKET":
        return None
    parameters = parse_qsl(asked.query, keep_blank_values=True)
    if asked.method == "POST":
        body = (asked.header("content-type") or "").partition(";")[0].strip().lower()
        if body not in GRAPHQL_BODIES or any(name == "query" for name, _ in parameters):
            return Refusal(415, "Send GraphQL as JSON in the body.")
        return None
    if not url_only_reads(parameters):
        return Refusal(405, "By URL, only a query is answered. Whatever changes something is to be sent by POST.")
    return None


def _name(host: str) -> str:
    """The name in a `Host` header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _origin_host(origin: str) -> str:
    """Host and port of an origin, as a `Host` header has them; "" for `null`."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
