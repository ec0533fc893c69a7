"""The origins of `CORS_ORIGINS`: front ends elsewhere whose pages may call the API from a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import cast

from storytailor.errors import SettingsError

ANY_ORIGIN = "*"
DEFAULT_PORTS = {"http": "80", "https": "443"}
ORIGIN = re.compile(
    r"(?P<scheme>https?|capacitor|ionic|tauri)://"  # the web's, and those of apps that show a page of their own
    r"(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)


def parse_origins(written: object) -> frozenset[str]:
    """The origins in a list with commas or in a JSON list, as a browser writes them in `Origin`.

    `*` alone stands for any. Raises SettingsError that names the item that is no origin.
    """
    items = [item.strip() for item in _items(written)]
    origins = frozenset(_origin(item) for item in items if item)
    if ANY_ORIGIN in origins and len(origins) > 1:
        raise SettingsError("CORS_ORIGINS: * means any origin and stands alone. Leave it out, or the others.")
    return origins


def _items(written: object) -> Iterable[str]:
    if not isinstance(written, str):
        return cast("Iterable[str]", written)  # a list of the program's own
    if not written.lstrip().startswith("["):
        return written.split(",")
    try:
        items = json.loads(written)
    except ValueError:
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise SettingsError(
            f'CORS_ORIGINS: {written} is not a JSON list of strings, such as ["https://app.example"]. '
            "Without brackets and quotes, with commas between, it may be written too."
        )
    return items


def _origin(item: str) -> str:
    """The item as a browser writes it: in lower case, without the scheme's own port."""
    if item == ANY_ORIGIN:
        return item
    match = ORIGIN.fullmatch(item)
    if match is None or int(match["port"] or 1) not in range(1, 65536):
        raise SettingsError(
            f"CORS_ORIGINS: {item} is not an origin. Write scheme://host or scheme://host:port, such as "
            "https://app.example or http://localhost:5173: no path, no slash at the end, no wildcard within."
        )
    scheme, host, port = match["scheme"].lower(), match["host"].lower(), match["port"]
    port = str(int(port)) if port else None
    return f"{scheme}://{host}" + (f":{port}" if port and port != DEFAULT_PORTS.get(scheme) else "")
