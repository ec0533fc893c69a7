"""The picture check: looks at the pixels where each recorded trait was drawn, and says what it sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from emulator_models.illustrator.companions import companions_in
from emulator_models.illustrator.figures.animals import CREATURE
from emulator_models.illustrator.figures.look import kind_told
from emulator_models.illustrator.figures.model import CLOTHES, COMPANION, COMPANY, KIND, LOOKS
from emulator_models.illustrator.manifest import Entry, Manifest, RecentManifests, fingerprint, read_from
from emulator_models.illustrator.rendering import open_picture
from emulator_models.prompt_data import CharacterSheet, read_sheets

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
    """A verdict on each character's kind, looks, clothes, recorded traits and position, and one on the company.

    Raises ValueError where the bytes are no picture.
    """
    decoded = open_picture(picture)
    image = decoded.convert("RGB")
    manifest = _manifest_of(decoded, image, recent)
    verdicts = []
    sheets = read_sheets(data or {})
    for sheet in sheets:
        for asked in _asked(sheet):
            verdict, reason = _look(image, manifest, sheet, asked)
            verdicts.append(_said(sheet.name, asked, verdict, reason))
    if sheets:
        verdict, reason = _company(image, manifest, sheets, str((data or {}).get("scene") or ""))
        verdicts.append(_said("", COMPANY, verdict, reason))
    return {"verdicts": verdicts}


def _said(name: str, asked: str, verdict: str, reason: str) -> dict[str, str]:
    """A verdict; there is nothing to say of what is as it should be."""
    return {"character": name, "trait": asked, "verdict": verdict, "reason": "" if verdict == "present" else reason}


def _asked(sheet: CharacterSheet) -> list[str]:
    return [KIND, LOOKS, CLOTHES, *dict.fromkeys([*(t.id for t in sheet.traits), AGENCY])]


def judged_traits(data: Mapping[str, Any]) -> frozenset[str]:
    """What a picture is judged by: kind, looks, clothes, recorded traits, and how each stands among the others."""
    return frozenset().union(*(_asked(sheet) for sheet in read_sheets(data)))


def same_verdict(data: Mapping[str, Any], verdict: str, reason: str) -> dict[str, Any]:
    """A `PictureVerdict` that says the same of all that is asked about, whatever the picture."""
    sheets = read_sheets(data)
    asked = [(sheet.name, asked) for sheet in sheets for asked in _asked(sheet)] + [("", COMPANY)] * bool(sheets)
    return {
        "verdicts": [{"character": name, "trait": trait, "verdict": verdict, "reason": reason} for name, trait in asked]
    }


def _manifest_of(decoded: Image.Image, image: Image.Image, recent: RecentManifests) -> Manifest | None:
    """The picture's own manifest, else of those that look like it the one most of which is still to be seen."""
    own = read_from(decoded)
    if own is not None:
        return own
    return max(recent.like(image), key=lambda m: sum(still_there(image, e) for e in m.entries), default=None)


def _look(image: Image.Image, manifest: Manifest | None, sheet: CharacterSheet, trait: str) -> tuple[str, str]:
    name, thing = sheet.name, trait.replace("_", " ")
    if manifest is None:
        return "absent", f"Nothing like {name} with {thing} was found in this picture."
    if name not in manifest.characters:
        verdict = "absent" if trait == KIND else "not_visible"
        return verdict, f"{name} is not in this picture, so {thing} cannot be seen."
    if trait == KIND:
        return _kind(image, manifest, sheet)
    entry = manifest.find(name, trait)
    if entry is None and (other := manifest.starting(name, f"not:{trait}:")):
        return "contradicted", f"{name} is not drawn with {other.trait.rpartition(':')[2]}."
    if entry is None:
        return _missing(image, manifest, name, trait, sheet.trait_ids)
    if not still_there(image, entry):
        return (
            "absent",
            f"Where {name}'s {thing} should be seen, something else is in the way. Show it plainly.",
        )
    if trait == AGENCY:
        return "present", f"{name} is among the others at their eye level and takes part."
    return "present", f"{name}'s {thing} can be seen where it belongs."


def _kind(image: Image.Image, manifest: Manifest, sheet: CharacterSheet) -> tuple[str, str]:
    """Whether the being that was drawn is of the species on the sheet."""
    drawn = manifest.starting(sheet.name, f"{KIND}:")
    if drawn is None or not still_there(image, drawn):
        return "absent", f"{sheet.name} is not to be seen where they should be. Show their face plainly."
    kind, told = drawn.trait.removeprefix(f"{KIND}:"), kind_told(sheet.species)
    if kind != told:
        seen = "a friendly furry creature" if kind == CREATURE else f"a {kind}"
        return "contradicted", f"{sheet.name} is drawn as {seen}, but is told of as: {sheet.species}."
    return "present", f"{sheet.name} is there, as a {kind}."


def _company(
    image: Image.Image, manifest: Manifest | None, sheets: Sequence[CharacterSheet], scene: str
) -> tuple[str, str]:
    """Whether anybody else stands there as one of them, and whether those are there whom the scene names."""
    names = {sheet.name for sheet in sheets}
    faces = [manifest.starting(name, f"{KIND}:") for name in manifest.characters] if manifest else []
    drawn = {face.character for face in faces if face and still_there(image, face)}
    if not drawn:
        return "absent", "None of them was found in this picture."
    strangers = sorted(drawn - names)
    if strangers:
        return "contradicted", f"{' and '.join(strangers)} stands among them, who is not to be in this picture."
    missed = [one.name for one in companions_in(scene, sheets) if not _is_there(image, manifest, one)]
    if missed:
        return "absent", f"{' and '.join(missed)} should be there as well, whom the scene names."
    return "present", "Nobody else stands among them."


def _is_there(image: Image.Image, manifest: Manifest | None, one: CharacterSheet) -> bool:
    """Whether somebody without a sheet is in the picture, as the kind of being they are."""
    entry = manifest.find(one.name, f"{COMPANION}{one.species}") if manifest else None
    return entry is not None and still_there(image, entry)


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
