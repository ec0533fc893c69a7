"""How providers fail in a campaign: by every kind of fault that the emulator knows.

All of them together strike a share of the calls of each route.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

STATUS_CODES = (400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 529)
OPENAI = ("chat/completions", "images", "moderations")
ELEVENLABS = ("text-to-speech",)
WAIT_SECONDS = 1.0
"""What an answer that says how long to wait says: a campaign has ten minutes."""
SLOW_SECONDS = 3.0


def faults(known: list[dict[str, Any]], share: float, seed: int, without: Container[str] = ()) -> list[dict[str, Any]]:
    """The emulator's `faults`: of what `GET /_emulator/faults` lists, each where it is met, at one rate a route."""
    known = [fault for fault in known if fault["kind"] not in without]
    found: list[dict[str, Any]] = []
    for route in (*OPENAI, *ELEVENLABS):
        kinds = [*STATUS_CODES, *(fault["kind"] for fault in known if _is_met_at(fault, route))]
        rate = 1 - (1 - share) ** (1 / len(kinds))  # the first that strikes is the only one
        for kind in kinds:
            struck = {"route": route, "kind": kind, "rate": rate, "seed": seed + len(found)}
            found.append(struck | {"retry_after": WAIT_SECONDS, "seconds": SLOW_SECONDS})
    return found


def _is_met_at(fault: dict[str, Any], route: str) -> bool:
    if "route" not in fault:  # one that is met anywhere
        return True
    provider = "openai" if route in OPENAI else "elevenlabs"
    first = str(fault["route"]).partition("/")[0]
    return provider in fault["providers"] and first in ("*", route.partition("/")[0])
