"""Colour profiles as cameras and phones write them: three primaries, a white point, one tone curve (ICC.1, 8.3)."""

from __future__ import annotations

import struct

# The primaries adapted to D50, as Apple and Adobe publish them.
DISPLAY_P3 = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def profile(primaries: tuple[tuple[float, float, float], ...], gamma: float | None = None) -> bytes:
    """An RGB display profile; without a gamma its curve is sRGB's, as Display P3's is."""
    curve = (
        b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
        if gamma
        else b"para" + bytes(4) + struct.pack(">HH", 3, 0) + b"".join(map(_fixed, _SRGB_CURVE))
    )
    tags = {b"wtpt": _xyz(0.9642, 1.0, 0.82491), b"desc": b"mluc" + bytes(4) + struct.pack(">II", 0, 12)}
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), (_xyz(*primary) for primary in primaries), strict=True))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        table += name + struct.pack(">II", start + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    body = struct.pack(">I", len(tags)) + table + data
    header = struct.pack(">I", 128 + len(body)) + bytes(4) + b"\x04\x30\x00\x00" + b"mntrRGB XYZ " + bytes(12)
    header += b"acsp" + bytes(28) + _fixed(0.9642) + _fixed(1.0) + _fixed(0.82491)
    return header + bytes(128 - len(header)) + body


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))
