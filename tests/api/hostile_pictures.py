"""Pictures made to hold up or to break whoever decodes them."""

from __future__ import annotations

import random
import struct
from io import BytesIO

from PIL import Image


def many_scans(scans: int = 700, side: int = 2000) -> bytes:
    """A progressive JPEG whose last scan is there over and over again."""
    body = BytesIO()
    noise = Image.effect_noise((side, side), 60).convert("RGB")
    noise.save(body, "JPEG", progressive=True, quality=5)
    whole = body.getvalue()
    last = whole.rindex(b"\xff\xda")
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x01\x3f\x00" + b"\x00" * 47
    return whole[:last] + scan * scans + whole[last:]


def broken_exif() -> bytes:
    """A JPEG held sideways, whose EXIF has a text where bytes should be: Pillow raises a TypeError."""
    sideways = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    packet = struct.pack(">HHI4s", 0x02BC, 2, 4, b"far\x00")
    exif = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x02" + sideways + packet + b"\x00" * 4
    body = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(body, "JPEG", exif=exif)
    return body.getvalue()


def mutated(whole: bytes, seed: int) -> bytes:
    """The same with a few bytes, mostly of its head, changed, cut out or repeated."""
    rolls = random.Random(seed)
    body = bytearray(whole)
    for _ in range(rolls.randint(1, 6)):
        at = rolls.randrange(min(len(body), rolls.choice([64, 400, 100_000])))
        match rolls.randrange(4):
            case 0:
                body[at] = rolls.randrange(256)
            case 1:
                body[at] = rolls.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 2:
                del body[at : at + rolls.randint(1, 8)]
            case _:
                body[at:at] = body[at : at + rolls.randint(1, 16)]
        body = body or bytearray(b"\x00")
    return bytes(body)
