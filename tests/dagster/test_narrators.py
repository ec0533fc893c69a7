"""Who narrates where no voice is set, and what of a narration that fails half way is spoken again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.responses import JSONResponse

from emulator.testing import Emulator, serving
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker
from tests.making.beeping import beeping
from tests.making.wire import Body, Wire

FIRST, SECOND = "g8mQ4nZpTq2VbR7sLw1K", "Xb7hH8MSUJpSbSDYk0k2"


@pytest.fixture
def wire(emulator: Emulator) -> Wire:
    return Wire(emulator.url)


@pytest.fixture
def settings(settings: Settings, wire: Wire) -> Iterator[Settings]:
    """A voice that takes 5,000 characters at a time, so that a long story is spoken in two parts."""
    with serving(wire.app()) as url:
        port = int(url.rpartition(":")[2])
        yield settings.model_copy(update={"emulator_port": port, "voice_model": "eleven_v3"})


def narrators(emulator: Emulator) -> list[tuple[str, int]]:
    """Who was asked to speak, in order, and the status of the answer."""
    spoken = [call for call in emulator.calls() if call["route"].startswith("text-to-speech")]
    return [(call["route"].split("/")[1], call["status"]) for call in spoken]


def test_a_story_is_narrated_by_another_voice_once_the_first_was_removed_from_the_account(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", voices=[FIRST, SECOND])
    before, after, later = (maker.ask() for _ in range(3))
    assert maker.materialize(before, ["content", "audio"]).success
    emulator.behave(answers="canned", voices=[SECOND])
    for story_id in (after, later):
        assert maker.materialize(story_id, ["content", "audio"]).success
        assert maker.assets(story_id)["audio"]["status"] == "ready"
    assert narrators(emulator) == [(FIRST, 200), (FIRST, 404), (SECOND, 200), (SECOND, 200)]
    assert len(emulator.calls(route="voices")) == 2


def refused(_: Body) -> JSONResponse:
    return JSONResponse({}, 500)


def broken(body: Body) -> Body:
    return {**beeping(0.2)(body), "audio_base64": "bm8gc291bmQ="}


def test_a_narration_whose_second_part_fails_is_gone_on_with_and_its_first_part_is_paid_once(
    maker: StoryMaker, wire: Wire
) -> None:
    story_id = maker.ask(age=10)
    assert maker.materialize(story_id, ["content"]).success
    wire.answer("text-to-speech", beeping(0.1, 0.4, 0.05), refused, refused)
    assert maker.materialize(story_id, ["audio"]).success
    assert maker.assets(story_id)["audio"]["status"] == "ready"
    first, *second = (call.body["text"] for call in wire.calls("text-to-speech"))
    assert len(second) == 3
    assert len({first, *second}) == 2
    (used,) = maker.query("SELECT usage->'audio' FROM stories WHERE id = %s", story_id)[0]
    assert (
        used["models"]["eleven_v3"] | {"calls": 2, "characters": len(first + second[0])} == used["models"]["eleven_v3"]
    )


def test_a_part_of_a_narration_that_came_broken_is_spoken_anew(maker: StoryMaker, wire: Wire) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content"]).success
    wire.answer("text-to-speech", broken)
    assert maker.materialize(story_id, ["audio"]).success
    assert len(wire.calls("text-to-speech")) == 2
