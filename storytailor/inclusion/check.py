"""From verdicts on a picture to pass or feedback: a pure rule."""

from __future__ import annotations

from collections.abc import Sequence

from storytailor.inclusion.traits import TRAITS
from storytailor.story import Character, TraitVerdict


def feedback(characters: Sequence[Character], verdicts: Sequence[TraitVerdict]) -> list[str]:
    """What the next try must mend; empty when the picture passes.

    A recorded trait that is absent or contradicted must be mended, and so must one nobody gave a verdict on.
    `not_visible` passes: a hand behind a tree hides nobody.
    """
    said = {(verdict.character, verdict.trait): verdict for verdict in verdicts}
    wrong = []
    for character in characters:
        for trait in character.traits:
            verdict = said.get((character.name, trait))
            if verdict is None:
                wrong.append(f"{character.name}: show {TRAITS[trait].must_show}.")
            elif verdict.verdict in ("absent", "contradicted"):
                wrong.append(
                    f"{character.name}: {verdict.reason.rstrip('.')}. Show {TRAITS[trait].must_show}."
                )
    return wrong
