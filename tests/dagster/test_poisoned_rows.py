"""A row or an answer that nobody can read or keep: its one story fails in words for both, and the others go on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from starlette.responses import Response

from emulator.testing import Emulator, serving
from storytailor.catalog import ALL_ASSETS, CATALOG, TEXT_ONLY, AssetName
from storytailor.db import Lease
from storytailor.settings import Settings
from storytailor_dagster.run_leases import LEASE_TAG
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_queue_sensor import tick
from tests.dagster.test_unfit_stories import tampered
from tests.dagster.workers import Worker
from tests.making.wire import Answer, Body, Wire

UNHELD = "\x00 and \ud800"
"""What PostgreSQL holds in no text: NUL, and half a character."""
UNREADABLE = "What was written down of this story cannot be read: something is to be put right on our side."
UNTRAIT = "A character of this story has a trait that is not known here: something is to be put right on our side."


@pytest.fixture
def wire(emulator: Emulator) -> Wire:
    emulator.behave(answers="canned")
    return Wire(emulator.url)


@pytest.fixture
def settings(settings: Settings, wire: Wire) -> Iterator[Settings]:
    with serving(wire.app()) as url:
        yield settings.model_copy(update={"emulator_port": int(url.rpartition(":")[2])})


def make_all(maker: StoryMaker, worker: Worker) -> None:
    """Make what waits, and what is queued again after that, as long as there is any."""
    while leases := maker.claim():
        for lease in leases:
            worker.make(worker.request(lease))


def failed(maker: StoryMaker, story_id: UUID) -> tuple[str, str, int]:
    """Of the one asset that failed by itself: what its family reads, what its operator reads, and the claims."""
    ((asset, told, claims),) = maker.query(
        """SELECT asset_type, error_message, claims FROM asset_generation_jobs
           WHERE story_id = %s AND status = 'failed' AND blocked_by IS NULL""",
        story_id,
    )
    return maker.assets(story_id)[asset]["error"], told, claims


BRIEFS = {
    "its characters are no list": (
        """jsonb_set(brief, '{characters}', '"Maya, who is six"')""",
        UNREADABLE,
        "The story's brief cannot be read: was it written by hand, or by a newer version? [characters: tuple_type]",
    ),
    "it is no object": (
        "'[1]'",
        UNREADABLE,
        "The story's brief cannot be read: was it written by hand, or by a newer version? [TypeError]",
    ),
    "it has a trait of no list": (
        """jsonb_set(brief, '{characters,0,traits}', '["gills"]')""",
        UNTRAIT,
        "gills: none of the traits of storytailor/safety/traits.toml.",
    ),
}


@pytest.mark.parametrize(("brief", "family", "operator"), BRIEFS.values(), ids=BRIEFS)
def test_a_brief_that_cannot_be_read_fails_its_story_alone_and_gives_it_back(
    maker: StoryMaker, worker: Worker, wire: Wire, brief: str, family: str, operator: str
) -> None:
    before, poisoned, after = (maker.ask(generate_assets=False) for _ in range(3))
    maker.execute(f"UPDATE stories SET brief = {brief} WHERE id = %s", poisoned)  # noqa: S608
    requests = tick(maker)
    assert len(requests) == 3
    for request in requests:
        token, story_id = UUID(request.tags[LEASE_TAG]), UUID(request.partition_key)
        worker.make(worker.request(Lease(story_id, token, TEXT_ONLY)))
    assert maker.claim() == []
    assert failed(maker, poisoned) == (family, operator, 1)
    assert maker.query("SELECT kind FROM credit_ledger WHERE story_id = %s ORDER BY id", poisoned) == [
        ("debit",),
        ("refund",),
    ]
    assert [maker.row(story)["status"] for story in (before, poisoned, after)] == ["ready", "failed", "ready"]
    assert len(wire.calls("StoryContent")) == 2


CANNOT_BE_READ = "cannot be read: was it written by hand, or by a newer version?"
KEPT = {
    "its words": (
        "content = jsonb_set(content, '{beats}', '3')",
        f"The story's content {CANNOT_BE_READ} [beats: list_type]",
    ),
    "its words are gone": ("content = NULL", f"The story's content {CANNOT_BE_READ} [: model_type]"),
    "where its words stand": (
        """asset_generation_status = jsonb_set(asset_generation_status, '{assets,content,progress}', '"most"')""",
        f"Where content stands {CANNOT_BE_READ} [progress: int_parsing]",
    ),
}


@pytest.mark.parametrize(("change", "operator"), KEPT.values(), ids=KEPT)
def test_what_was_made_and_cannot_be_read_any_more_fails_what_needs_it_at_once(
    maker: StoryMaker, worker: Worker, change: str, operator: str
) -> None:
    poisoned, fine = (maker.ask(generate_assets=False) for _ in range(2))
    assert maker.materialize(poisoned, ["content"]).success
    maker.execute(f"UPDATE stories SET {change} WHERE id = %s", poisoned)  # noqa: S608
    make_all(maker, worker)
    assert failed(maker, poisoned) == (UNREADABLE, operator, 1)
    assert maker.row(fine)["status"] == "ready"


def test_a_row_that_only_describes_a_story_holds_no_story_of_its_tick_up(
    maker: StoryMaker, caplog: pytest.LogCaptureFixture
) -> None:
    stories = [maker.ask() for _ in range(3)]
    maker.execute("UPDATE stories SET created_at = 'infinity' WHERE id = %s", stories[1])  # which no datetime holds
    assert {request.partition_key for request in tick(maker)} == {str(story) for story in stories}
    assert "The sensor could not read of what kind the claimed stories are." in caplog.text


def with_marks(node: Any) -> Any:
    """The same answer with what PostgreSQL cannot hold in the middle of every string."""
    if isinstance(node, str) and not node.startswith("#"):
        return node[:1] + "\x00\ud800" + node[1:]
    if isinstance(node, list):
        return [with_marks(item) for item in node]
    return {key: with_marks(item) for key, item in node.items()} if isinstance(node, dict) else node


def mark(content: Any) -> None:
    marked = with_marks(content)
    content.clear()
    content.update(marked)


SHAPES = ("StoryContent", "PaletteJourney", "SceneAnalysis", "PictureVerdict", "Activities")


def test_answers_that_postgresql_cannot_hold_are_cleaned_as_they_come_and_paid_once(
    maker: StoryMaker, worker: Worker, wire: Wire
) -> None:
    for shape in SHAPES:
        wire.answer(shape, *[tampered(wire, mark)] * 20)
    story_id = maker.ask()
    make_all(maker, worker)
    assert {name: asset["status"] for name, asset in maker.assets(story_id).items()} == dict.fromkeys(
        ALL_ASSETS, "ready"
    )
    asked = {shape: len(wire.calls(shape)) for shape in SHAPES}
    assert asked == {
        "StoryContent": 1,
        "PaletteJourney": 1,
        "SceneAnalysis": 5,
        "PictureVerdict": 6,
        "Activities": 1,
    }  # and a portrait


def refused(status: int, body: Body) -> Answer:
    """An answer that says no, in words that nobody can keep."""
    return lambda _: Response(json.dumps(body), status, media_type="application/json")  # escapes halves of characters


REFUSALS: dict[AssetName, tuple[str, Body, str]] = {
    "content": ("StoryContent", {"error": {"message": UNHELD, "code": "odd\x00"}}, "The writing service"),
    "cover": ("images/edits", {"error": {"message": UNHELD}}, "The picture service"),
    "audio": ("text-to-speech", {"detail": {"status": "odd", "message": UNHELD}}, "The voice service"),
}


@pytest.mark.parametrize("asset", REFUSALS)
def test_a_refusal_in_words_that_postgresql_cannot_hold_is_told_and_paid_once(
    maker: StoryMaker, worker: Worker, wire: Wire, asset: AssetName
) -> None:
    what, body, service = REFUSALS[asset]
    story_id = maker.ask()
    if needs := CATALOG[asset].needs:
        assert maker.materialize(story_id, needs).success
    wire.answer(what, *[refused(400, body)] * 60)
    (lease,) = maker.claim()
    worker.make(worker.request(dataclasses.replace(lease, assets=(asset,))))
    family, operator, claims = failed(maker, story_id)
    assert (family, claims) == (f"{service} did not take what it was sent.", 1)
    assert " and " in operator
    assert len(wire.calls(what)) == 1


def test_a_book_with_a_damaged_picture_is_not_set_and_says_which_while_another_is(
    maker: StoryMaker, worker: Worker, settings: Settings
) -> None:
    damaged, fine = (maker.ask() for _ in range(2))
    upstream = [asset for asset in ALL_ASSETS if asset not in ("pdf", "epub")]
    for story_id in (damaged, fine):
        assert maker.materialize(story_id, upstream).success
    (picture,) = settings.assets_folder.glob(f"stories/{damaged}/scene_2-*")
    picture.write_bytes(picture.read_bytes()[:300])
    make_all(maker, worker)
    row = maker.row(damaged)
    assert (row["status"], row["asset_generation_status"]["overall"]) == ("ready", "partial")
    for asset in ("pdf", "epub"):
        assert maker.assets(damaged)[asset]["error"] == (
            "The stored file of scene 2 cannot be read any more. Have scene 2 made again: the book follows it."
        )
    told = maker.query("SELECT error_message FROM asset_generation_jobs WHERE status = 'failed'")
    assert all(f"{picture.name} than were stored: the object is damaged" in reason for (reason,) in told)
    assert maker.row(fine)["asset_generation_status"]["overall"] == "ready"


def test_a_book_in_letters_that_no_typeface_has_is_not_set_and_says_which(maker: StoryMaker, worker: Worker) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id, [asset for asset in ALL_ASSETS if asset not in ("pdf", "epub")]).success
    maker.execute("UPDATE stories SET content = jsonb_set(content, '{beats,1,text}', to_jsonb('ᎤᎵᎮᎵᏍᏗ.'::text))")
    make_all(maker, worker)
    assert "no typeface has Ꭴ Ꮅ Ꭾ Ꮝ Ꮧ (Cherokee)" in maker.assets(story_id)["pdf"]["error"]
    claims = maker.query("SELECT DISTINCT claims FROM asset_generation_jobs WHERE status = 'failed'")
    assert (maker.row(story_id)["status"], claims) == ("ready", [(1,)])
