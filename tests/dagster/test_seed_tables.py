"""The seed's tables of errors and retries, row by row: what its family notices of each.

`docs/failures.md` says of every row what becomes of it and which tests show it; here are those of the rows that need a
story which fails for good in the end, made by a worker. Two stories fail side by side, since their waits are real ones.
"""

from __future__ import annotations

import itertools
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, PICTURES
from storytailor.db.story_actions import StoryActions
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker, made_with
from tests.dagster.workers import Worker, opened_worker
from tests.databases import Databases
from tests.docs.pages import ROOT
from tests.postgres import url_of

PAGE = "docs/failures.md"
ERRORS = (
    *("Quota Exceeded", "Character Not Found", "Story Generation Failed", "Image Validation Failed"),
    *("Asset Upload Failed", "Job Timeout", "Database Error"),
)
RETRIES = (
    *("Story Content Generation", "Image Generation", "Audio Generation", "PDF Generation", "Asset Timeout Handler"),
)
HOOK = "https://family.example/told"
BROKEN = "did not answer properly."


@dataclass(frozen=True)
class Seen:
    """A story as its family and its operator see it at one time."""

    row: dict[str, Any]
    ledger: list[str]
    webhooks: list[tuple[str, dict[str, Any]]]
    tries: dict[str, int]
    """Of each asset, the retries that its job counts."""

    @property
    def assets(self) -> dict[str, Any]:
        """Where each asset stands."""
        assets: dict[str, Any] = self.row["asset_generation_status"]["assets"]
        return assets

    @property
    def overall(self) -> str:
        """What a watcher reads first."""
        return str(self.row["asset_generation_status"]["overall"])


@dataclass(frozen=True)
class Failures:
    """One story that cannot be written, one that lacks its voice and its PDF, and the same made whole afterwards."""

    unwritten: Seen
    voiceless: Seen
    mended: Seen
    written_calls: list[dict[str, Any]]
    spoken_calls: list[dict[str, Any]]
    pdf_tries: int


def seen(maker: StoryMaker, story_id: UUID) -> Seen:
    jobs = maker.query("SELECT asset_type, retry_count FROM asset_generation_jobs WHERE story_id = %s", story_id)
    return Seen(
        maker.row(story_id),
        [kind for (kind,) in maker.query("SELECT kind FROM credit_ledger WHERE story_id = %s ORDER BY id", story_id)],
        maker.query("SELECT url, payload FROM webhook_outbox WHERE story_id = %s ORDER BY created_at", story_id),
        dict(jobs),
    )


def make_claimed(maker: StoryMaker, worker: Worker) -> list[str]:
    """Make all that waits, side by side; the runs' ids."""
    runs = [worker.request(lease) for lease in maker.claim()]
    making = [threading.Thread(target=worker.make, args=[run]) for run in runs]
    for thread in making:
        thread.start()
    for thread in making:
        thread.join()
    return runs


def fail_both(maker: StoryMaker, worker: Worker, emulator: Emulator, assets: Path) -> Failures:
    voiceless = maker.ask(webhook_url=HOOK)
    assert maker.materialize(voiceless, ["content", "palette", *PICTURES]).success
    unwritten = maker.ask(webhook_url=HOOK)
    (scene,) = assets.glob(f"stories/{voiceless}/scene_3-*")
    picture = scene.read_bytes()
    scene.unlink()  # without which no PDF can be made, however often it is tried
    emulator.forget()
    emulator.behave(
        answers="canned",
        faults=[
            {"route": "chat/completions", "schema": "StoryContent", "kind": 500},
            {"route": "text-to-speech", "kind": 500},
        ],
    )
    runs = make_claimed(maker, worker)
    make_claimed(maker, worker)  # the EPUB, which goes without a voice
    before = seen(maker, voiceless)
    events = [entry for run in runs for entry in worker.instance.all_logs(run)]
    pdf = [entry for entry in events if entry.step_key == "pdf" and entry.is_dagster_event]
    tries = sum(entry.get_dagster_event().event_type_value in ("STEP_START", "STEP_RESTARTED") for entry in pdf)
    written, spoken = emulator.calls(schema="StoryContent"), [c for c in emulator.calls() if "speech" in c["route"]]

    emulator.behave(answers="canned")
    scene.write_bytes(picture)
    maker.loop.call(StoryActions(maker.database).regenerate(maker.user, voiceless, ["audio", "pdf"], cascade=False))
    make_claimed(maker, worker)
    return Failures(seen(maker, unwritten), before, seen(maker, voiceless), written, spoken, tries)


@pytest.fixture(scope="module")
def failures(
    postgres: str, databases: Databases, emulator_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Failures:
    home, name, emulator = tmp_path_factory.mktemp("failures"), databases.take(), Emulator(emulator_url)
    emulator.behave(answers="canned")
    settings = Settings(
        _env_file=None,
        database_url=url_of(postgres, name),
        emulator_port=urlsplit(emulator_url).port or 0,
        assets_dir=home / "assets",
        image_size="256x256",
        lease_seconds=30,
    )
    with (
        pytest.MonkeyPatch.context() as patch,
        made_with(settings) as maker,
        opened_worker(maker.loop, settings, home, patch) as worker,
    ):
        failed = fail_both(maker, worker, emulator, home / "assets")
    databases.give_back(name)
    emulator.behave()
    emulator.close()
    return failed


def gaps(calls: list[dict[str, Any]]) -> list[float]:
    """Seconds between the end of one call and the beginning of the next."""
    return [after["start"] - before["end"] for before, after in itertools.pairwise(calls)]


@pytest.mark.parametrize("row", ["Story Generation Failed", "Story Content Generation"])
def test_a_story_that_cannot_be_written_is_tried_four_times_at_growing_waits_and_then_fails_told_and_refunded(
    failures: Failures, row: str
) -> None:
    assert len(failures.written_calls) == 4
    for gap, wait in zip(gaps(failures.written_calls), (2, 4, 8), strict=True):
        assert wait <= gap < wait + 2.0, row
    story = failures.unwritten
    assert story.assets["content"]["status"] == "failed"
    assert story.assets["content"]["error"] == f"The writing service {BROKEN}"
    below = {asset: story.assets[asset]["error"] for asset in ALL_ASSETS if asset != "content"}
    assert set(below.values()) == {"Not made, because content failed."}
    assert (story.row["status"], story.overall, story.tries["content"]) == ("failed", "failed", 3)
    assert story.ledger == ["debit", "refund"]
    ((url, message),) = story.webhooks
    assert (url, message["type"]) == (HOOK, "story.failed")


@pytest.mark.parametrize("row", ["Audio Generation"])
def test_a_voice_that_fails_is_tried_three_times_five_seconds_apart_and_its_story_can_be_read_without(
    failures: Failures, row: str
) -> None:
    assert len(failures.spoken_calls) == 3, row
    for gap in gaps(failures.spoken_calls):
        assert 5 <= gap < 7
    story = failures.voiceless
    assert story.assets["audio"] == {"status": "failed", "progress": 0, "error": f"The voice service {BROKEN}"}
    assert (story.row["status"], story.overall, story.tries["audio"]) == ("ready", "partial", 2)
    assert {story.assets[asset]["status"] for asset in ("content", *PICTURES, "activities")} == {"ready"}
    assert story.ledger == ["debit"]  # it can be read, and what failed is made again for nothing
    assert [message["type"] for _, message in story.webhooks] == ["story.partial"]


@pytest.mark.parametrize("row", ["PDF Generation"])
def test_a_pdf_that_fails_is_tried_three_times_at_once_and_made_later_when_its_family_asks(
    failures: Failures, row: str
) -> None:
    assert failures.pdf_tries == 3, row
    story = failures.voiceless
    assert story.assets["pdf"]["status"] == "failed"
    gone = "The stored file of scene 3 cannot be read any more. Have scene 3 made again: the book follows it."
    assert story.assets["pdf"]["error"] == gone
    assert (story.row["status"], story.tries["pdf"]) == ("ready", 2)
    mended = failures.mended
    assert {asset: mended.assets[asset]["status"] for asset in ALL_ASSETS} == dict.fromkeys(ALL_ASSETS, "ready")
    assert (mended.overall, mended.ledger) == ("ready", ["debit"])


def shown_by() -> dict[str, list[tuple[str, str]]]:
    """Of each row on the page, the tests that show it: file and name."""
    cells = [line.strip("| ").split(" | ") for line in (ROOT / PAGE).read_text().splitlines() if line.startswith("| ")]
    return {row[0]: re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[-1]) for row in cells}


@pytest.mark.parametrize("row", [*ERRORS, *RETRIES])
def test_the_page_of_failures_names_the_tests_that_show_the_row(row: str) -> None:
    tests = shown_by()[row]
    assert tests
    assert [name for file, name in tests if f"def {name}(" not in (ROOT / file).read_text()] == []
