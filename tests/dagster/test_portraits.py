"""A character sits for a portrait once; later stories draw from it."""

from __future__ import annotations

from emulator.testing import Emulator
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker


def sittings(emulator: Emulator) -> int:
    return len(emulator.calls(route="images/generations", asset="portrait"))


def test_a_character_sits_once_and_later_stories_draw_from_that_portrait(maker: StoryMaker, emulator: Emulator) -> None:
    maker.materialize(maker.ask(), ["content"])
    maker.materialize(maker.ask(), ["content", "palette", "cover"])
    assert sittings(emulator) == 1
    (cover,) = emulator.calls(route="images/edits", asset="cover")
    assert cover["status"] == 200


def test_a_portrait_whose_object_is_lost_is_made_again(
    maker: StoryMaker, emulator: Emulator, settings: Settings
) -> None:
    maker.materialize(maker.ask(), ["content"])
    (portrait,) = settings.assets_folder.glob("characters/*/portrait-*")
    portrait.unlink()
    for _ in range(2):  # and the new one is kept
        story_id = maker.ask()
        assert maker.materialize(story_id, ["content", "palette", "cover"]).success
        assert maker.assets(story_id)["cover"]["metadata"]["fallback"] is False
    assert sittings(emulator) == 2
    assert len(emulator.calls(route="images/edits", asset="cover", status=200)) == 2


def test_who_changes_their_looks_sits_again(maker: StoryMaker, emulator: Emulator) -> None:
    maker.materialize(maker.ask(), ["content"])
    maker.execute("UPDATE characters SET appearance = 'warm brown skin, red dungarees'")
    maker.materialize(maker.ask(), ["content"])
    assert sittings(emulator) == 2


def test_nobody_sits_for_a_story_without_pictures(maker: StoryMaker, emulator: Emulator) -> None:
    maker.materialize(maker.ask(generate_assets=False), ["content", "palette"])
    assert sittings(emulator) == 0


def test_a_portrait_without_a_recorded_trait_is_drawn_again(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(omit_traits={"manual_wheelchair": 2})
    maker.materialize(maker.ask(), ["content"])
    assert sittings(emulator) == 3
    maker.materialize(maker.ask(), ["content"])
    assert sittings(emulator) == 3  # the third was kept


def test_a_portrait_that_does_not_come_about_holds_no_story_up(maker: StoryMaker, emulator: Emulator) -> None:
    fault = {"route": "images/generations", "asset": "portrait", "kind": 500, "times": 3}
    emulator.behave(answers="canned", faults=[fault])
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette", "cover"]).success
    assert len(emulator.calls(route="images/generations", asset="cover")) == 1
    assert maker.assets(story_id)["cover"]["metadata"]["fallback"] is False
