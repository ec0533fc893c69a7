"""From verdicts on a picture to pass or feedback: a pure rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from storytailor.safety.likeness import COMPANY, KIND, SHOW
from storytailor.safety.traits import AGENCY, TRAITS
from storytailor.story import Character, TraitVerdict

Said = defaultdict[tuple[str, str], list[TraitVerdict]]
"""Verdicts by name, as `_spelled`, and what was asked."""


def feedback(characters: Sequence[Character], verdicts: Sequence[TraitVerdict]) -> list[str]:
    """What the next try must mend; empty when the picture may be shown.

    Each character is there, as the kind of being they are: nothing but `present` will do, and a character nobody said
    a word about is missing. A recorded trait that is absent or contradicted must be mended, and so must one nobody
    gave a verdict on. `not_visible` passes: a hand behind a tree hides nobody. Of several verdicts on one trait the
    worst holds; where two characters share name and trait, each needs one. Agency is judged unasked of every
    character, and counts when the verdict is against it.
    """
    said = _by_name(verdicts)
    wrong = _who_is_missing(characters, verdicts, said)
    wanted = Counter((character.name, trait) for character in characters for trait in character.traits)
    for (name, trait), times in wanted.items():
        given = said[_spelled(name), trait]
        bad = _against(given)
        if bad:
            wrong += [f"{name}: {reason}Show {TRAITS[trait].must_show}." for reason in bad]
        elif len(given) < times:
            wrong.append(f"{name}: show {TRAITS[trait].must_show}.")
    for name in dict.fromkeys(character.name for character in characters if AGENCY not in character.traits):
        wrong += [
            f"{name}: {reason}Show {TRAITS[AGENCY].must_show}." for reason in _against(said[_spelled(name), AGENCY])
        ]
    return wrong


def unlike(characters: Sequence[Character], verdicts: Sequence[TraitVerdict]) -> list[str]:
    """What is not as it was told, though the picture may be shown: looks, clothes, somebody nobody spoke of, somebody
    or something missing that the scene names.

    Counts only where the verdict is against it: what a picture cannot show, or nobody judged, passes.
    """
    said = _by_name(verdicts)
    differs = [
        f"{name}: {reason}{show}"
        for name in dict.fromkeys(character.name for character in characters)
        for asked, show in SHOW.items()
        for reason in _against(said[_spelled(name), asked])
    ]
    names = ", ".join(character.name for character in characters)
    only = f"Show {names}, and whom and what the scene names, each once, and nobody else."
    return differs + [f"{reason}{only}" for reason in _against([v for v in verdicts if v.trait == COMPANY])]


def _who_is_missing(characters: Sequence[Character], verdicts: Sequence[TraitVerdict], said: Said) -> list[str]:
    spoken_of = {_spelled(verdict.character) for verdict in verdicts}
    wrong = []
    for name, species in dict.fromkeys((character.name, character.species) for character in characters):
        show = f"Show {name} plainly, as their species: {species}."
        given = said[_spelled(name), KIND]
        wrong += [f"{name}: {_sentence(verdict.reason)}{show}" for verdict in given if verdict.verdict != "present"]
        if _spelled(name) not in spoken_of:
            wrong.append(f"{name}: {show}")
    return wrong


def _by_name(verdicts: Sequence[TraitVerdict]) -> Said:
    said: Said = defaultdict(list)
    for verdict in verdicts:
        said[_spelled(verdict.character), verdict.trait].append(verdict)
    return said


def _against(given: Sequence[TraitVerdict]) -> list[str]:
    return [_sentence(verdict.reason) for verdict in given if verdict.verdict in ("absent", "contradicted")]


def _spelled(name: str) -> str:
    """A name as a model may give it back: in other letters, with other spaces."""
    return " ".join(name.casefold().split())


def _sentence(reason: str) -> str:
    told = reason.strip().rstrip(".")
    return f"{told}. " if told else ""
