"""What a figure keeps of its record: the kind it was drawn as, and what of its looks and clothes it does not show."""

from __future__ import annotations

from emulator_models.illustrator.figures.animals import CREATURE
from emulator_models.illustrator.figures.look import HAIR_STYLES, HAIR_TEXTURES, Look
from emulator_models.illustrator.figures.model import CLOTHES, KIND, LOOKS
from emulator_models.illustrator.figures.wardrobe import UNDRAWN

HUMAN = "human"


def head_marks(look: Look, omit: frozenset[str]) -> tuple[str, ...]:
    """What the head shows: `kind:fox`, and `looks`, or `not:looks:straight hair`."""
    kind = look.kind.key if look.kind else HUMAN
    return (f"{KIND}:{kind}", _mark(LOOKS, _looks_missed(look, omit)))


def trunk_marks(look: Look, omit: frozenset[str]) -> tuple[str, ...]:
    """What the trunk shows: `clothes`, or `not:clothes:mittens`."""
    missed = ["the clothes of the record"] if CLOTHES in omit else [w for w in UNDRAWN if look.text.has(w)]
    return (_mark(CLOTHES, missed),)


def _mark(asked: str, missed: list[str]) -> str:
    return f"not:{asked}:{' and '.join(missed)}" if missed else asked


def _looks_missed(look: Look, omit: frozenset[str]) -> list[str]:
    if LOOKS in omit:
        return ["the looks of the record"]
    if look.kind:
        return ["its own kind of body"] if look.kind.key == CREATURE else []
    missed = []
    told = [texture for texture, words in HAIR_TEXTURES.items() if look.text.has(words)]
    if told and look.hair.texture not in told:
        missed.append(f"{told[0]} hair")
    worn = [style for style, words in HAIR_STYLES.items() if look.text.has(words)]
    if worn and look.hair.style not in worn:
        missed.append(worn[0])
    return missed
