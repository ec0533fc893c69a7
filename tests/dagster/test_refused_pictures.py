"""What a filter refuses, and what a provider cannot draw for a while: how the book comes out."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest

from emulator.testing import Emulator
from storytailor.catalog import PICTURES, SCENES
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker

AT_INPUT, AT_OUTPUT = "moderation_blocked_at_input", "moderation_blocked_at_output"
OUTAGE_SECONDS = 10
UP_TO_PICTURES = ("content", "palette", *PICTURES)


def blocks(kind: str, *pictures: str, times: int | None = None) -> list[dict[str, Any]]:
    """Faults: each of these pictures is refused so many times, or always."""
    return [
        {"route": "images", "asset": picture, "kind": kind} | ({"times": times} if times else {})
        for picture in pictures
    ]


def ending(maker: StoryMaker, story_id: UUID) -> tuple[str, str]:
    row = maker.row(story_id)
    return row["status"], row["asset_generation_status"]["overall"]


def placeholders(maker: StoryMaker, story_id: UUID) -> dict[str, str]:
    """The pictures that are placeholders, and why their family is told they are."""
    assets = maker.assets(story_id)
    return {
        picture: assets[picture]["metadata"]["fallbackReason"]
        for picture in PICTURES
        if assets[picture]["metadata"]["fallback"]
    }


def test_ten_seconds_of_overload_leave_no_placeholder(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "images", "kind": 503}])
    over = threading.Timer(OUTAGE_SECONDS, emulator.behave, kwargs={"answers": "canned"})
    over.start()
    story_id = maker.ask()
    assert maker.materialize(story_id, UP_TO_PICTURES).success
    over.join()
    assert any(call["status"] == 503 for call in emulator.calls())
    assert placeholders(maker, story_id) == {}


def test_a_block_of_each_drawing_leaves_a_whole_book(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=blocks(AT_OUTPUT, *PICTURES, "portrait", times=1))
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    assert placeholders(maker, story_id) == {}
    assert ending(maker, story_id) == ("ready", "ready")
    assert [maker.assets(story_id)[picture]["metadata"]["attempt"] for picture in PICTURES] == [2] * len(PICTURES)
    assert emulator.calls(schema="SoftenedScene") == []


def test_a_prompt_refused_once_is_softened_and_drawn(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=blocks(AT_INPUT, "scene_2", times=1))
    story_id = maker.ask()
    assert maker.materialize(story_id, UP_TO_PICTURES).success
    assert placeholders(maker, story_id) == {}
    assert [call["asset"] for call in emulator.calls(schema="SoftenedScene")] == ["scene_2"]
    assert len(emulator.calls(route="images/edits", asset="scene_2")) == 2


def test_a_prompt_refused_softened_as_well_is_one_placeholder_in_a_ready_book(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=blocks(AT_INPUT, "scene_2", times=2))
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    (scene, reason) = placeholders(maker, story_id).popitem()
    assert scene == "scene_2"
    assert "safety filter would not have this scene drawn" in reason
    assert "costs nothing" in reason
    assert ending(maker, story_id) == ("ready", "ready")
    assert len(emulator.calls(route="images/edits", asset="scene_2")) == 2
    assert len(emulator.calls(schema="SoftenedScene")) == 1


def test_a_cover_that_is_always_refused_leaves_a_partial_book_whose_scenes_are_drawn_from_the_portraits(
    maker: StoryMaker, emulator: Emulator, settings: Settings
) -> None:
    emulator.behave(answers="canned", faults=blocks(AT_INPUT, "cover"))
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette", "cover"]).success
    placeholder = settings.assets_folder / maker.assets(story_id)["cover"]["url"].removeprefix(settings.assets_url)
    body = placeholder.read_bytes()
    placeholder.unlink()  # whoever draws from it fails
    assert maker.materialize(story_id, SCENES).success
    assert {call["asset"] for call in emulator.calls(route="images/edits", status=200)} == set(SCENES)
    assert emulator.calls(route="images/generations", asset="scene_1") == []

    placeholder.write_bytes(body)
    assert maker.materialize(story_id, ["audio", "activities", "pdf", "epub"]).success
    assert list(placeholders(maker, story_id)) == ["cover"]
    assert ending(maker, story_id) == ("ready", "partial")


def test_a_portrait_that_is_always_refused_holds_nothing_up(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=blocks(AT_INPUT, "portrait"))
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette", "cover"]).success
    assert len(emulator.calls(route="images/generations", asset="portrait")) == 2
    assert maker.assets(story_id)["cover"]["metadata"]["fallback"] is False


@pytest.mark.parametrize(
    "judge",
    [{"route": "moderations"}, {"route": "chat/completions", "schema": "PictureVerdict"}],
    ids=["moderation", "vision"],
)
def test_a_picture_whose_judge_fails_for_a_while_is_judged_again_and_not_drawn_again(
    maker: StoryMaker, emulator: Emulator, judge: dict[str, Any]
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette"]).success
    emulator.forget()
    emulator.behave(answers="canned", faults=[judge | {"kind": 500, "times": 2}])
    assert maker.materialize(story_id, ["cover"]).success
    assert len(emulator.calls(route="images/edits", asset="cover")) == 1
    judged = 3  # what was said of the scene, the picture, and what was said of the picture
    failed = 2 if judge["route"] == "moderations" else 0
    assert len(emulator.calls(route="moderations")) == judged + failed
    assert len(emulator.calls(schema="PictureVerdict")) == (1 if judge["route"] == "moderations" else 3)
    assert maker.assets(story_id)["cover"]["metadata"]["attempt"] == 1
