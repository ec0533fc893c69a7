"""What an operator does in Dagster's UI, on the real stack: what stops, what is made again, what is shown."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest

from storytailor.catalog import ALL_ASSETS
from tests.end_to_end.conftest import Machine
from tests.end_to_end.dagster_ui import Operator, eventually

CANCELLED = "Cancelled by the operator."


@pytest.fixture(scope="module")
def operator(stack: subprocess.Popen[bytes], machine: Machine) -> Iterator[Operator]:
    operator = Operator(machine)
    yield operator
    operator.close()


@pytest.fixture(autouse=True)
def _quick_provider(operator: Operator) -> None:
    operator.behave(answers="canned")


def under_way(operator: Operator) -> str:
    """A story whose pictures are being drawn, slowly."""
    operator.behave(answers="canned", faults=[{"route": "images", "kind": "slow", "seconds": 20, "times": 999}])
    story_id = operator.ask()
    eventually(lambda: operator.states(story_id)["palette"] == "ready")
    return story_id


@pytest.mark.parametrize("policy", ["SAFE_TERMINATE", "MARK_AS_CANCELED_IMMEDIATELY"])
def test_a_terminated_run_stops_at_once_and_its_story_fails_and_stays_so(operator: Operator, policy: str) -> None:
    story_id = under_way(operator)
    (run,) = operator.runs(story_id)
    operator.terminate(run["runId"], policy)
    time.sleep(3)
    calls = operator.calls()
    story = operator.story(story_id)
    assets = story["asset_generation_status"]["assets"]
    assert story["status"] == "failed"
    assert {asset["error"] for asset in assets.values() if asset["status"] != "ready"} == {CANCELLED}
    eventually(lambda: operator.runs(story_id)[0]["status"] == "CANCELED")
    time.sleep(8)  # a tick and more
    assert operator.calls() == calls
    (run,) = operator.runs(story_id)
    assert run["status"] == "CANCELED"
    assert operator.story(story_id)["status"] == "failed"


def test_a_cancelled_backfill_stops_the_runs_it_has_begun(operator: Operator) -> None:
    stories = [operator.ask() for _ in range(2)]
    for story_id in stories:
        eventually(lambda: set(operator.states(story_id).values()) == {"ready"}, within=120)  # noqa: B023
    operator.behave(answers="canned", faults=[{"route": "text-to-speech", "kind": "slow", "seconds": 240, "times": 99}])
    backfill = operator.backfill(stories, "audio")
    for story_id in stories:
        eventually(lambda: operator.states(story_id)["audio"] == "generating")  # noqa: B023
    operator.cancel_backfill(backfill)
    eventually(lambda: operator.backfill_state(backfill) == "CANCELED")
    for story_id in stories:
        runs = operator.runs(story_id)  # the newest may be the EPUB's, which is made again without the narration
        of_backfill = [run for run in runs if {asset["path"][0] for asset in run["assetSelection"]} == {"audio"}]
        assert [run["status"] for run in of_backfill] == ["CANCELED"], runs
        story = operator.story(story_id)
        assert story["asset_generation_status"]["overall"] == "partial"
        assert story["asset_generation_status"]["assets"]["audio"]["error"] == CANCELLED
    assert set(operator.states(stories[0])) == set(ALL_ASSETS)


def test_a_cover_made_again_by_hand_brings_the_books_that_show_it_once(operator: Operator) -> None:
    story_id = operator.ask()
    eventually(lambda: set(operator.states(story_id).values()) == {"ready"}, within=120)
    before = operator.story(story_id)["asset_generation_status"]["assets"]
    operator.behave()  # made, not prepared: another picture
    operator.materialize(story_id, "cover")
    eventually(lambda: len(operator.runs(story_id)) == 3, within=90)
    eventually(lambda: set(operator.states(story_id).values()) == {"ready"}, within=90)
    after = operator.story(story_id)["asset_generation_status"]["assets"]
    assert {name for name in after if after[name].get("url") != before[name].get("url")} == {"cover", "pdf", "epub"}
    time.sleep(8)  # a tick and more
    newest, by_hand, _ = operator.runs(story_id)
    assert {asset["path"][0] for asset in newest["assetSelection"]} == {"pdf", "epub"}
    assert by_hand["status"] == newest["status"] == "SUCCESS"
