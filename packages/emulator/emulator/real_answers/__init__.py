"""What real providers answer in place of what was asked, by name: a fault's `kind` may be any of these.

Bodies stand as they were seen in the TOML files beside this, a file a provider and one for what stands in front of
both; an answer that is made first and then spoilt (word times that stick, JSON in a fence) is a function in
`spoilt_chat`, `spoilt_pictures`, `spoilt_speech` or `spoilt_bodies`. A name may be one of both providers: then each
answers in its own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import chain

from emulator.log import Call
from emulator.real_answers import spoilt_bodies, spoilt_chat, spoilt_pictures, spoilt_speech
from emulator.real_answers.answer import RealAnswer
from emulator.real_answers.bodies import bodies
from emulator.real_answers.spoilt import Spoilt

ANSWERS: tuple[RealAnswer, ...] = tuple(
    chain(
        bodies(),
        spoilt_bodies.ANSWERS,
        spoilt_chat.ANSWERS,
        spoilt_pictures.ANSWERS,
        spoilt_speech.ANSWERS,
    )
)
NAMES = frozenset(answer.name for answer in ANSWERS)

__all__ = ["ANSWERS", "NAMES", "RealAnswer", "Spoilt", "answer_to", "like"]


def answer_to(call: Call, name: str) -> RealAnswer | None:
    """The answer of that name to that call; None where it is of another provider or route."""
    return next((answer for answer in ANSWERS if answer.name == name and answer.fits(call)), None)


def like(name: str, among: Iterable[str] = NAMES) -> list[str]:
    """The names most like that one: those that look alike, or have a word of it; up to five."""
    words = set(name.lower().replace("-", "_").split("_"))
    known = sorted(among)
    alike = get_close_matches(name.lower(), known, n=3, cutoff=0.6)
    return list(dict.fromkeys([*alike, *(other for other in known if words & set(other.split("_")))]))[:5]
