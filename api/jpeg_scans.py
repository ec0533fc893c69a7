"""How often a JPEG is gone through to be shown, known from its markers, before anything of it is decoded."""

from __future__ import annotations

import re

START, START_OF_SCAN, END = b"\xff\xd8", 0xDA, 0xD9
WITHOUT_LENGTH = {0x01, 0xD8, *range(0xD0, 0xD8)}
NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""In a scan's data: FF 00 is the byte FF, and FF D0 to FF D7 are marks within it."""


def more_scans_than(most: int, body: bytes) -> bool:
    """Whether these bytes are a JPEG of more scans. Other formats have none; pictures within a segment do not count."""
    if not body.startswith(START):
        return False
    scans, at = 0, 2
    while scans <= most and (found := NEXT_MARKER.search(body, at)) is not None:
        marker, at = found[1][0], found.end()
        if marker == END:
            break
        scans += marker == START_OF_SCAN
        if marker not in WITHOUT_LENGTH:
            at += max(int.from_bytes(body[at : at + 2]), 2)
    return scans > most
