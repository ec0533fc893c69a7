"""The emulator's illustrator: draws a picture-book scene from a prompt, and checks a picture sent to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PIL import Image

from emulator_models.illustrator.composition import compose
from emulator_models.illustrator.judge import judge_picture, judged_traits, same_verdict
from emulator_models.illustrator.manifest import RecentManifests, make_manifest, put_into
from emulator_models.illustrator.palette import with_spread
from emulator_models.illustrator.rendering import open_picture, render
from emulator_models.illustrator.scene_reading import read_prompt
from emulator_models.illustrator.stage import HEIGHT

__all__ = ["draw", "judge", "judged_traits", "same_verdict"]

_recent = RecentManifests()
TAKES_APART = 0x9E3779B97F4A7C15  # spreads a small number over all bits of a seed


def draw(
    prompt: str,
    *,
    size: tuple[int, int],
    references: Sequence[bytes] = (),
    omit: frozenset[str] = frozenset(),
    take: int = 0,
) -> bytes:
    """Draw what the prompt asks for: a PNG of `size` (width, height in px), the same bytes for the same prompt and
    `take`; another take arranges the same things another way.

    `references` are checked, and lend their colors where the prompt names none. Traits in `omit` are left
    out of the drawing. Raises ValueError with a plain reason for a reference that is no picture.
    """
    pictures = [open_picture(reference) for reference in references]
    reading = read_prompt(prompt, _colors_of(pictures[0]) if pictures else None)
    reading = replace(reading, seed=reading.seed ^ take * TAKES_APART)
    drawing = compose(reading, HEIGHT * size[0] / size[1], omit)
    png = render(drawing.svg, size)
    image = open_picture(png).convert("RGB")
    names = [sheet.name for sheet in reading.sheets]
    manifest = make_manifest(image, names, drawing.marks, drawing.width, HEIGHT)
    _recent.keep(image, manifest)
    return put_into(png, manifest)


def judge(picture: bytes, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Say of a picture whom it shows, and how: `{"verdicts": [{character, trait, verdict, reason}]}`.

    One verdict for every trait of every sheet in `data["characters"]`, one each on the character's `kind`, `looks`,
    `clothes` and `agency_position`, and one on the `company`.
    Raises ValueError with a plain reason where the bytes are no picture.
    """
    return judge_picture(picture, data, _recent)


def _colors_of(picture: Image.Image) -> list[str]:
    """Five colors that make up a picture."""
    small = picture.convert("RGB").resize((48, 48)).quantize(8)
    raw = small.getpalette() or []
    found = [f"#{raw[i]:02x}{raw[i + 1]:02x}{raw[i + 2]:02x}" for i in range(0, len(raw) - 2, 3)]
    return with_spread(found, 5)
