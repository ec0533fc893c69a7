"""From verdicts on a picture to pass or feedback: a pure rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from storytailor.safety.traits import AGENCY, TRAITS
from storytailor.story import Character, TraitVerdict


def feedback(characters: Sequence[Character], verdicts: Sequence[TraitVerdict]) -> list[str]:
    """What the next try must mend; empty when the picture passes.

    A recorded trait that is absent or contradicted must be mended, and so must one nobody gave a verdict on.
    `not_visible` passes: a hand behind a tree hides nobody. Of several verdicts on one trait the worst holds;
    where two characters share name and trait, each needs one. Agency is judged unasked of every character, and
    counts when the verdict is against it.
    """
    said: defaultdict[tuple[str, str], list[TraitVerdict]] = defaultdict(list)
    for verdict in verdicts:
        said[_spelled(verdict.character), verdict.trait].append(verdict)
    wanted = Counter((character.name, trait) for character in characters for trait in character.traits)
    wrong = []
    for (name, trait), times in wanted.items():
        given = said[_spelled(name), trait]
        bad = [verdict.reason for verdict in given if verdict.verdict in ("absent", "contradicted")]
        if bad:
            wrong += [f"{name}: {_sentence(reason)}Show {TRAITS[trait].must_show}." for reason in bad]
        elif len(given) < times:
            wrong.append(f"{name}: show {TRAITS[trait].must_show}.")
    for name in dict.fromkeys(character.name for character in characters if AGENCY not in character.traits):
        wrong += [
            f"{name}: {_sentence(verdict.reason)}Show {TRAITS[AGENCY].must_show}."
            for verdict in said[_spelled(name), AGENCY]
            if verdict.verdict in ("absent", "contradicted")
        ]
    return wrong


def _spelled(name: str) -> str:
    """A name as a model may give it back: in other letters, with other spaces."""
    return " ".join(name.casefold().split())


def _sentence(reason: str) -> str:
    told = reason.strip().rstrip(".")
    return f"{told}. " if told else ""
