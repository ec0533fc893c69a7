"""The picture check: looks at the pixels where each recorded trait was drawn, and says what it sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from emulator_models.illustrator.manifest import Entry, Manifest, RecentManifests, fingerprint, read_from
from emulator_models.illustrator.rendering import open_picture
from emulator_models.prompt_data import read_sheets

AGENCY = "agency_position"
CONFLICTS: tuple[frozenset[str], ...] = (
    frozenset({"manual_wheelchair", "power_wheelchair"}),
    frozenset({"hearing_aid", "cochlear_implant"}),
    frozenset({"hair_loss", "protective_style"}),
    frozenset({"walker_gait_trainer", "crutches_cane"}),
    frozenset({"limb_difference", "prosthesis"}),
)
LEAST_DOUBT, MOST_DOUBT = (
    7.0,
    22.0,
)  # mean difference of 0 to 255 that encoding may make; beyond it is other paint


def still_there(image: Image.Image, entry: Entry) -> bool:
    """Whether the pixels in an entry's box look as they were drawn.

    The more a fingerprint varies within itself the more re-encoding may change it, and the more a flat coat
    of paint would.
    """
    drawn = np.frombuffer(entry.fingerprint, dtype=np.uint8).reshape(-1, 3).astype(float)
    now = np.frombuffer(fingerprint(image, entry.box), dtype=np.uint8).reshape(-1, 3).astype(float)
    spread = float(np.abs(drawn - drawn.mean(axis=0)).mean())
    return float(np.abs(drawn - now).mean()) <= min(max(0.45 * spread, LEAST_DOUBT), MOST_DOUBT)


def judge_picture(picture: bytes, data: Mapping[str, Any] | None, recent: RecentManifests) -> dict[str, Any]:
    """A verdict for every trait of every sheet in the data, and on each character's position.

    Raises ValueError where the bytes are no picture.
    """
    decoded = open_picture(picture)
    image = decoded.convert("RGB")
    manifest = _manifest_of(decoded, image, recent)
    verdicts = []
    for sheet in read_sheets(data or {}):
        for trait in dict.fromkeys([*(t.id for t in sheet.traits), AGENCY]):
            verdict, reason = _look(image, manifest, sheet.name, trait, sheet.trait_ids)
            verdicts.append({"character": sheet.name, "trait": trait, "verdict": verdict, "reason": reason})
    return {"verdicts": verdicts}


def judged_traits(data: Mapping[str, Any]) -> frozenset[str]:
    """The traits a picture is judged by: those recorded, and how each character stands among the others."""
    sheets = read_sheets(data)
    return frozenset().union(*(sheet.trait_ids for sheet in sheets), {AGENCY} if sheets else ())


def same_verdict(data: Mapping[str, Any], verdict: str, reason: str) -> dict[str, Any]:
    """A `PictureVerdict` that says the same of every trait asked about, whatever the picture."""
    return {
        "verdicts": [
            {"character": sheet.name, "trait": trait, "verdict": verdict, "reason": reason}
            for sheet in read_sheets(data)
            for trait in sorted({*sheet.trait_ids, AGENCY})
        ]
    }


def _manifest_of(decoded: Image.Image, image: Image.Image, recent: RecentManifests) -> Manifest | None:
    """The picture's own manifest, else of those that look like it the one most of which is still to be seen."""
    own = read_from(decoded)
    if own is not None:
        return own
    return max(recent.like(image), key=lambda m: sum(still_there(image, e) for e in m.entries), default=None)


def _look(
    image: Image.Image, manifest: Manifest | None, name: str, trait: str, recorded: frozenset[str]
) -> tuple[str, str]:
    thing = trait.replace("_", " ")
    if manifest is None:
        return "absent", f"Nothing like {name} with {thing} was found in this picture."
    if name not in manifest.characters:
        return "not_visible", f"{name} is not in this picture, so {thing} cannot be seen."
    entry = manifest.find(name, trait)
    if entry is None:
        return _missing(image, manifest, name, trait, recorded)
    if not still_there(image, entry):
        return (
            "absent",
            f"Where {name}'s {thing} should be seen, something else is in the way. Show it plainly.",
        )
    if trait == AGENCY:
        return "present", f"{name} is among the others at their eye level and takes part."
    return "present", f"{name}'s {thing} can be seen where it belongs."


def _missing(
    image: Image.Image, manifest: Manifest, name: str, trait: str, recorded: frozenset[str]
) -> tuple[str, str]:
    """What to say of a trait that was not drawn: missing, or something else in its stead."""
    thing = trait.replace("_", " ")
    for pair in CONFLICTS:
        for other in sorted(pair - recorded) if trait in pair else ():
            entry = manifest.find(name, other)
            if entry and still_there(image, entry):
                return (
                    "contradicted",
                    f"{name} is shown with {other.replace('_', ' ')}, but the sheet records {thing}.",
                )
    return "absent", f"{name}'s {thing} is not in the picture. Show it as the sheet records it."
