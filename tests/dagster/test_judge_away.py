"""A judge that is away for longer than it is waited for: what was written is judged later, and not written again."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing import Emulator
from storytailor.catalog import AssetName, Retries
from storytailor.safety import asking
from tests.dagster.conftest import StoryMaker

JUDGES: list[dict[str, Any]] = [
    {"route": "moderations"},
    {"route": "chat/completions", "schema": "ChildSafety"},
]
WRITTEN: dict[AssetName, str] = {"content": "StoryContent", "palette": "PaletteJourney", "activities": "Activities"}
PATIENCE = Retries(1)


@pytest.fixture(autouse=True)
def _judges_are_waited_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", PATIENCE)


@pytest.mark.parametrize("judge", JUDGES, ids=["moderation", "rubric"])
@pytest.mark.parametrize("asset", WRITTEN)
def test_what_is_written_while_its_judge_is_away_is_written_and_paid_once(
    maker: StoryMaker, emulator: Emulator, asset: AssetName, judge: dict[str, Any]
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=asset == "activities")
    if asset != "content":
        assert maker.materialize(story_id, ["content"]).success
    emulator.forget()
    tries_away = 1
    emulator.behave(answers="canned", faults=[judge | {"kind": 500, "times": tries_away * (PATIENCE.times + 1)}])
    assert maker.materialize(story_id, [asset]).success
    assert len(emulator.calls(schema=WRITTEN[asset])) == 1
    assert maker.assets(story_id)[asset]["status"] == "ready"
    (used,) = maker.query("SELECT usage->%s FROM stories WHERE id = %s", asset, story_id)[0]
    assert sum(model["calls"] for model in used["models"].values()) == len(
        emulator.calls(route="chat/completions", status=200)
    )


def test_a_judge_that_stays_away_fails_the_story_for_that_and_it_was_written_once(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "moderations", "kind": 500}])
    story_id = maker.ask(generate_assets=False)
    assert not maker.materialize(story_id, ["content"]).success
    assert maker.assets(story_id)["content"]["error"] == "The safety check did not answer properly."
    assert len(emulator.calls(schema="StoryContent")) == 1
    ledger = maker.query("SELECT kind FROM credit_ledger WHERE story_id = %s ORDER BY id", story_id)
    assert ledger == [("debit",), ("refund",)]


def test_what_is_found_unfit_once_its_judge_is_back_is_written_anew(maker: StoryMaker, emulator: Emulator) -> None:
    away = [{"route": "moderations", "kind": 500, "times": PATIENCE.times + 1}]
    unfit = [{"route": "moderations", "kind": "refusal", "times": 1}]
    emulator.behave(answers="canned", faults=[*away, *unfit])
    story_id = maker.ask(generate_assets=False)
    assert maker.materialize(story_id, ["content"]).success
    assert len(emulator.calls(schema="StoryContent")) == 2
