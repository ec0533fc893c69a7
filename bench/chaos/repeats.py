"""Calls that a provider was asked for twice, and why: what had become of the answer to the one before.

Only what makes something is looked at: texts, pictures, speech. What judges it costs a hundredth, and is asked again
whenever it is in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from bench.chaos.evidence import Evidence, Row

MAKING = ("StoryContent", "PaletteJourney", "SceneAnalysis", "Activities")
JUDGING = ("ChildSafety", "PictureVerdict")
STORED_SECONDS = 10.0
"""From an answer to the write that keeps it, on a busy machine: a kill later than that has lost nothing of it."""
PATIENCE_SECONDS = 12.0
"""PROVIDER_TIMEOUT of the campaign: whoever has waited so long has hung up, and heard nothing of the answer."""
LOSING = ("worker", "postgres")
"""Who holds an answer until it is stored, and who stores it."""
UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Repeat:
    """A call, the same one before it, and why it was made again."""

    before: Row
    again: Row
    why: str

    @property
    def what(self) -> str:
        """What was made."""
        return kind_of(self.again)


def kind_of(call: Row) -> str:
    """What the call makes: the answer's shape, a picture, or speech."""
    return str(call["schema"] or call["route"].partition("/")[0])


def repeats(evidence: Evidence) -> list[Repeat]:
    """Every call that was made again, with its reason."""
    alike: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for call in sorted(evidence.calls, key=lambda call: call["start"]):
        if call["digest"] and _makes(call):
            alike[kind_of(call), call["digest"]].append(call)
    return [
        Repeat(before, again, _why(before, again, evidence))
        for calls in alike.values()
        for before, again in pairwise(calls)
    ]


def _makes(call: Row) -> bool:
    return call["schema"] in MAKING or call["route"].startswith(("images", "text-to-speech"))


def _why(before: Row, again: Row, evidence: Evidence) -> str:
    if before["fault"] is not None:
        return "fault"
    if before["end"] and before["end"] - before["start"] >= PATIENCE_SECONDS:
        return "not answered in time"
    for kill in evidence.kills:
        held_until = (before["end"] or again["start"]) + STORED_SECONDS
        if kill.process in LOSING and before["start"] <= kill.at <= min(held_until, again["start"]):
            return f"kill of {kill.process}"
    for story in evidence.asked:
        if story.wish.title == before["title"] and any(before["start"] < at < again["start"] for at in story.remade_at):
            return "asked for again by the family"
    if before["asset"] == "portrait" and again["start"] <= (before["end"] or again["start"]) + STORED_SECONDS:
        return "two stories at once, one character"
    if any(_judged_in_between(call, before, again) for call in evidence.calls):
        return "fault at its judge"
    return UNEXPLAINED


def _judged_in_between(call: Row, before: Row, again: Row) -> bool:
    """Whether a judge failed after the answer came and before it was asked for again."""
    judges = call["schema"] in JUDGING or call["route"] == "moderations"
    return judges and call["fault"] is not None and (before["end"] or 0) <= call["start"] <= again["start"]
