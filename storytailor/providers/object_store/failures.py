"""What went wrong with a store: in plain words for a family, with the setting to look at for an operator."""

from __future__ import annotations

from typing import Literal

from storytailor.errors import MakingError, ObjectMissingError, PermanentError, TransientError

Doing = Literal["stored", "read", "removed"]
FAMILY_WORDS: dict[Doing, str] = {
    "stored": "A finished file could not be stored right now.",
    "read": "A stored file could not be read right now.",
    "removed": "A stored file could not be removed right now.",
}


def transient(doing: Doing, remedy: str, detail: str = "") -> TransientError:
    """The store is away, busy or full: the same bytes may be taken later."""
    return TransientError(FAMILY_WORDS[doing], remedy=remedy, detail=detail)


def permanent(doing: Doing, remedy: str, detail: str = "") -> PermanentError:
    """Nothing is stored before somebody has acted."""
    return PermanentError(FAMILY_WORDS[doing], remedy=remedy, detail=detail)


def missing(key: str, where: str) -> ObjectMissingError:
    """There is no such object."""
    remedy = (
        f"There is no object {key} in {where}: it was deleted there, past the API. Make the asset again that it is "
        "named after; what is made from it follows."
    )
    return ObjectMissingError(FAMILY_WORDS["read"], remedy=remedy)


def damaged(key: str) -> ObjectMissingError:
    """What the store has under the key is not what was stored: as good as nothing."""
    remedy = (
        f"The store has other bytes under {key} than were stored: the object is damaged, or was replaced past the API. "
        "Make the asset again that it is named after; what is made from it follows."
    )
    return ObjectMissingError(FAMILY_WORDS["read"], remedy=remedy)


def given_up(doing: Doing, last: MakingError, seconds: float) -> PermanentError:
    """The store stayed away. To make the thing again would be paid again, and be stored no better."""
    return permanent(doing, f"Tried again for {seconds:.0f} s, then given up: {last.remedy or last}", last.detail)
