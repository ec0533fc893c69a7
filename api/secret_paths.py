"""Paths that hold a secret, as they may be logged: whoever has a shared link's token reads the story."""

from __future__ import annotations

import re

SHARED = re.compile(r"(/shared/)[^?\s]+")


def loggable(path: str) -> str:
    """The path without a shared link's token."""
    return SHARED.sub(r"\1…", path)
