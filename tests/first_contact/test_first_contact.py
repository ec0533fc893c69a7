"""Each real answer against a whole story: what operator and family read, how the story ends, how often was asked."""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from emulator.testing import Emulator
from storytailor.catalog import CATALOG, TEXT_ONLY, Retries
from storytailor.settings import Settings
from tests.first_contact.conftest import StoryMaker, allowance, read_by_family, said_to_operator, see_through
from tests.first_contact.rows import ROWS, TITLE, Row
from tests.report_tables import ReportRow

OPERATORS_AFFAIRS = re.compile(
    r"\b(?:api|keys?|account|billing|credits?|quota|plan|organization|openai|elevenlabs)\b"  # whose business it is
    r"|\b[A-Z]+_[A-Z_]+\b"  # a setting's name
    r"|\b[a-z]+_[a-z]+(?:_[a-z]+)*\b"  # a provider's code
    r"|\b[45]\d\d\b",  # an HTTP status
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _quick_second_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The voice is asked again after a moment, instead of five seconds."""
    quick = replace(CATALOG["audio"], retries=Retries(CATALOG["audio"].retries.times, "linear", 0.1))
    monkeypatch.setitem(CATALOG, "audio", quick)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words)
def test_a_first_contact_ends_well_or_says_why(
    row: Row,
    maker: StoryMaker,
    emulator: Emulator,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    report_row: ReportRow,
) -> None:
    emulator.behave(answers="canned", faults=[{"kind": row.kind, **row.fault}])
    caplog.set_level(logging.INFO, "storytailor")
    before = allowance(maker)
    began = time.monotonic()
    story_id = maker.ask(generate_assets=not row.words_only, characters=row.characters)
    failures = see_through(maker, story_id, TEXT_ONLY if row.words_only else None)
    seconds = time.monotonic() - began
    calls = emulator.calls(fault=row.kind)  # before the API is started to be read, which makes calls of its own
    story = read_by_family(settings, maker, story_id)
    status = story["asset_generation_status"]
    operator, family = [*failures, *said_to_operator(caplog)], said_to_family(status)
    judged = sum(call["schema"] == "ChildSafety" for call in calls)
    asked = len(calls) - judged
    report_row(
        TITLE,
        {
            "the answer": f"{row.words} ({row.kind})",
            "the operator reads": first(operator),
            "the family reads": first(family),
            "ends": status["overall"],
            "calls": str(asked + judged),
            "seconds": f"{seconds:.0f}",
        },
    )
    assert status["overall"] == row.ends
    for words in row.operator:
        assert any(words in said for said in operator), f"the operator does not read {words!r}: {operator}"
    assert not [said for said in family if OPERATORS_AFFAIRS.search(said)]
    assert calls
    assert max(asked, judged) <= row.most_calls  # an answer is judged once
    assert "sk-proj-" not in json.dumps([operator, status])
    assert row.within is None or seconds < row.within
    # a story that failed by itself gives its debit back, and one that can be read is paid for
    assert allowance(maker) == (before if row.ends == "failed" else before - 1)
    if row.ends != "failed":
        assert placeholders(status) == row.placeholders
    if row.kind == "request_above_limit":
        sent = [call["input_pictures"] for call in emulator.calls(route="images/edits", asset="cover")]
        assert sent == [row.characters, row.characters - 1]  # refused once, then on fewer sheets
    if row.ends == "ready" and not row.words_only:
        must_be_lit_in_time(story)


def placeholders(status: dict[str, Any]) -> int:
    """How many pictures stand in for one that could not be drawn."""
    return sum(bool((asset.get("metadata") or {}).get("fallback")) for asset in status["assets"].values())


def must_be_lit_in_time(story: dict[str, Any]) -> None:
    """Each narrated word has a moment of its own, in order."""
    words = story["audio_words"]
    edges = [edge for word in words for edge in (word["start"], word["end"])]
    assert words
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert all(word["end"] > word["start"] for word in words)


def said_to_family(status: dict[str, Any]) -> list[str]:
    """Every sentence on what went wrong in a story's status."""
    assets = status["assets"].values()
    states = [state for asset in assets for state in (asset, asset.get("metadata") or {})]
    return [str(state[key]) for state in states for key in ("error", "lastError", "fallbackReason") if state.get(key)]


def first(sentences: list[str]) -> str:
    return sentences[0] if sentences else "-"
