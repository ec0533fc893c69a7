"""Who narrates where no voice is set: one of the account's, as it is now and not as it was when the worker began."""

from __future__ import annotations

from emulator.testing import Emulator
from tests.dagster.conftest import StoryMaker

FIRST, SECOND = "g8mQ4nZpTq2VbR7sLw1K", "Xb7hH8MSUJpSbSDYk0k2"


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
