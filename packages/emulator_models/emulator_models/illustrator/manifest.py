"""What a picture says of itself: where each trait was drawn, and how those pixels looked.

The manifest travels in the PNG (an iTXt chunk) and is kept in memory under a perceptual hash of the whole
picture, so that a picture scaled or encoded anew is still known.
"""

from __future__ import annotations

import base64
import json
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from emulator_models.illustrator.figures import Mark

KEYWORD = "storytailor-picture"
GRID = 12
HASH_SIDE = 16
NEAR = 40  # bits of the hash's 256 that scaling and JPEG may turn; unrelated pictures differ in about 100
LEAST_SIDE = 16 / 1024  # smaller boxes are widened: a fingerprint needs a few pixels to survive a JPEG
_SIGNATURE_AND_HEADER = 8 + 25

Shares = tuple[float, float, float, float]


@dataclass(frozen=True)
class Entry:
    """One trait of one character: its box in shares of width and height, and its 12 by 12 RGB fingerprint."""

    character: str
    trait: str
    box: Shares
    fingerprint: bytes


@dataclass(frozen=True)
class Manifest:
    """The characters in a picture, and where what is recorded of them can be seen."""

    characters: tuple[str, ...]
    entries: tuple[Entry, ...]

    def starting(self, character: str, start: str) -> Entry | None:
        """The entry of a character whose trait starts so: `kind:` for whichever kind was drawn."""
        return next((e for e in self.entries if e.character == character and e.trait.startswith(start)), None)

    def find(self, character: str, trait: str) -> Entry | None:
        """The entry of a character's trait."""
        return next((e for e in self.entries if e.character == character and e.trait == trait), None)


def fingerprint(image: Image.Image, box: Shares) -> bytes:
    """The pixels of a box, scaled down to 12 by 12 RGB."""
    width, height = image.size
    x0, x1 = sorted((min(max(box[0], 0), 1), min(max(box[2], 0), 1)))
    y0, y1 = sorted((min(max(box[1], 0), 1), min(max(box[3], 0), 1)))
    area = (x0 * width, y0 * height, max(x1 * width, x0 * width + 1), max(y1 * height, y0 * height + 1))
    area = (
        max(min(area[0], width - 1), 0),
        max(min(area[1], height - 1), 0),
        min(area[2], width),
        min(area[3], height),
    )
    return image.resize((GRID, GRID), Image.Resampling.BILINEAR, box=area).tobytes()


def make_manifest(
    image: Image.Image, characters: Sequence[str], marks: Sequence[Mark], width: float, height: float
) -> Manifest:
    """The manifest of a rendered picture (RGB) whose marks are in a drawing's units, `width` by `height`."""
    entries = []
    for mark in marks:
        x0, y0, x1, y1 = mark.box
        spare_x = max(LEAST_SIDE - (x1 - x0) / width, 0) / 2
        spare_y = max(LEAST_SIDE - (y1 - y0) / height, 0) / 2
        box = (
            round(max(x0 / width - spare_x, 0), 5),
            round(max(y0 / height - spare_y, 0), 5),
            round(min(x1 / width + spare_x, 1), 5),
            round(min(y1 / height + spare_y, 1), 5),
        )
        if box[0] < box[2] and box[1] < box[3]:
            entries.append(Entry(mark.character, mark.trait, box, fingerprint(image, box)))
    return Manifest(tuple(characters), tuple(entries))


def put_into(png: bytes, manifest: Manifest) -> bytes:
    """The PNG with its manifest in an iTXt chunk after the header."""
    document = {
        "characters": manifest.characters,
        "marks": [
            {
                "character": e.character,
                "trait": e.trait,
                "box": e.box,
                "print": base64.b64encode(e.fingerprint).decode(),
            }
            for e in manifest.entries
        ],
    }
    text = zlib.compress(json.dumps(document, separators=(",", ":")).encode())
    body = b"iTXt" + KEYWORD.encode() + b"\0\1\0\0\0" + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_SIGNATURE_AND_HEADER] + chunk + png[_SIGNATURE_AND_HEADER:]


def read_from(image: Image.Image) -> Manifest | None:
    """The manifest that a decoded PNG carries; None where it has none, or one not of our making."""
    text = image.info.get(KEYWORD)
    if not isinstance(text, str):
        return None
    try:
        document = json.loads(text)
        entries = [
            Entry(
                str(m["character"]),
                str(m["trait"]),
                _shares(m["box"]),
                base64.b64decode(m["print"], validate=True),
            )
            for m in document["marks"]
        ]
        characters = tuple(str(name) for name in document["characters"])
    except (ValueError, KeyError, TypeError):
        return None
    return Manifest(characters, tuple(e for e in entries if len(e.fingerprint) == 3 * GRID * GRID))


def _shares(box: Sequence[float]) -> Shares:
    x0, y0, x1, y1 = (float(side) for side in box)
    return (x0, y0, x1, y1)


def perceptual_hash(image: Image.Image) -> int:
    """256 bits: whether each cell of a 16 by 16 grid is lighter than the one to its left."""
    small = np.asarray(image.convert("L").resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.BOX), dtype=np.int16)
    bits: NDArray[np.bool_] = small[:, 1:] > small[:, :-1]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


class RecentManifests:
    """The manifests of the pictures drawn last, by their perceptual hash. Safe to share between threads."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[int, int], Manifest] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, image: Image.Image, manifest: Manifest) -> None:
        """Remember a picture's manifest, forgetting the oldest beyond the bound."""
        key = (perceptual_hash(image), hash(manifest))
        with self._lock:
            self._kept[key] = manifest
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def like(self, image: Image.Image) -> list[Manifest]:
        """The manifests of the pictures that look like this one, nearest first."""
        seen = perceptual_hash(image)
        with self._lock:
            near = [((seen ^ key[0]).bit_count(), manifest) for key, manifest in self._kept.items()]
        return [manifest for distance, manifest in sorted(near, key=lambda pair: pair[0]) if distance <= NEAR]
