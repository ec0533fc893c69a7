"""Each real answer against a whole story: what operator and family read, how the story ends, how often was asked."""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

import pytest

from emulator.testing import Emulator
from storytailor.catalog import TEXT_ONLY
from storytailor.settings import Settings
from tests.first_contact.conftest import StoryMaker, read_by_family, see_through
from tests.first_contact.rows import ROWS, Row
from tests.report_tables import ReportRow

OPERATORS_AFFAIRS = re.compile(
    r"\b(?:api|keys?|account|billing|credits?|quota|plan|organization|openai|elevenlabs)\b"  # whose business it is
    r"|\b[A-Z]+_[A-Z_]+\b"  # a setting's name
    r"|\b[a-z]+_[a-z]+(?:_[a-z]+)*\b"  # a provider's code
    r"|\b[45]\d\d\b",  # an HTTP status
    re.IGNORECASE,
)
TITLE = "what each real answer comes to"


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
    began = time.monotonic()
    story_id = maker.ask(generate_assets=not row.words_only)
    failures = see_through(maker, story_id, TEXT_ONLY if row.words_only else None)
    seconds = time.monotonic() - began
    status = read_by_family(settings, maker, story_id)["asset_generation_status"]
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING and ours(record)]
    operator, family = [*failures, *logged], said_to_family(status)
    asked = len(emulator.calls(fault=row.kind))
    report_row(
        TITLE,
        {
            "the answer": f"{row.words} ({row.kind})",
            "the operator reads": first(operator),
            "the family reads": first(family),
            "ends": status["overall"],
            "calls": str(asked),
            "seconds": f"{seconds:.0f}",
        },
    )
    assert status["overall"] == row.ends
    for words in row.operator:
        assert any(words in said for said in operator), f"the operator does not read {words!r}: {operator}"
    assert not [said for said in family if OPERATORS_AFFAIRS.search(said)]
    assert 1 <= asked <= row.most_calls
    assert "sk-proj-" not in json.dumps([operator, status])


def said_to_family(status: dict[str, Any]) -> list[str]:
    """Every sentence on what went wrong in a story's status."""
    assets = status["assets"].values()
    states = [state for asset in assets for state in (asset, asset.get("metadata") or {})]
    return [str(state[key]) for state in states for key in ("error", "lastError", "fallbackReason") if state.get(key)]


def ours(record: logging.LogRecord) -> bool:
    """Whether a record is of the making: webhooks and Dagster have theirs."""
    return record.name.startswith("storytailor") and not record.name.startswith("storytailor.webhooks")


def first(sentences: list[str]) -> str:
    return sentences[0] if sentences else "-"
