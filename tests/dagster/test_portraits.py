"""A character sits for a portrait once; later stories draw from it."""

from __future__ import annotations

import dataclasses
import threading
import time
from pathlib import Path

import pytest

from emulator.testing import Emulator
from storytailor.making import portraits
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_writing import an_hour_passes, orphans
from tests.dagster.workers import Worker


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


def test_a_damaged_portrait_is_made_again_and_what_was_left_of_it_is_deleted_later(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    maker.materialize(maker.ask(), ["content"])
    (portrait,) = kept(settings)
    damaged = portrait.rename(portrait.with_name("portrait-000000000000.png"))  # which its bytes do not begin with
    key = str(damaged.relative_to(settings.assets_folder))
    maker.execute("UPDATE portraits SET object_key = %s", key)
    assert maker.materialize(maker.ask(), ["content", "palette", "cover"]).success
    assert sittings(emulator) == 2
    assert orphans(maker) == [key]
    an_hour_passes(maker)
    assert not damaged.exists()
    assert len(kept(settings)) == 1


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


def side_by_side(maker: StoryMaker, worker: Worker, stories: int) -> list[str]:
    """So many stories of one character, whose words are begun at once by a worker; how those stand in the end."""
    asked = [maker.ask() for _ in range(stories)]
    runs = [worker.request(dataclasses.replace(lease, assets=("content",))) for lease in maker.claim()]
    making = [threading.Thread(target=worker.make, args=[run]) for run in runs]
    for thread in making:
        thread.start()
    for thread in making:
        thread.join()
    return [maker.assets(story_id)["content"]["status"] for story_id in asked]


def test_stories_of_one_character_that_are_begun_at_once_pay_one_portrait(
    maker: StoryMaker, worker: Worker, emulator: Emulator
) -> None:
    slow = {"route": "images/generations", "asset": "portrait", "kind": "slow", "seconds": 2}
    emulator.behave(answers="canned", faults=[slow])
    assert side_by_side(maker, worker, 3) == ["ready"] * 3
    assert sittings(emulator) == 1
    assert maker.query("SELECT count(*) FROM portraits") == [(1,)]
    assert maker.query("SELECT FROM portrait_sittings") == []


def test_when_the_one_that_draws_cannot_the_next_one_tries(
    maker: StoryMaker, worker: Worker, emulator: Emulator
) -> None:
    fault = {"route": "images/generations", "asset": "portrait", "kind": 400, "times": 1}
    emulator.behave(answers="canned", faults=[fault])
    assert side_by_side(maker, worker, 2) == ["ready"] * 2
    assert sittings(emulator) == 2
    assert maker.query("SELECT count(*) FROM portraits") == [(1,)]


def test_one_that_draws_for_longer_than_a_death_is_noticed_in_is_waited_for(
    maker: StoryMaker, worker: Worker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portraits, "HELD_SECONDS", 1.5)
    monkeypatch.setattr(portraits, "HOLD_AGAIN_SECONDS", 0.2)
    slow = {"route": "images/generations", "asset": "portrait", "kind": "slow", "seconds": 5}
    emulator.behave(answers="canned", faults=[slow])
    assert side_by_side(maker, worker, 2) == ["ready"] * 2
    assert sittings(emulator) == 1


def test_one_that_died_while_it_drew_is_not_waited_for_without_an_end(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned")
    looks = looks_of(maker)
    assert maker.loop.call(maker.services.portraits.sit(maker.character, looks, 1.0))  # and is never heard of again
    began = time.monotonic()
    assert maker.materialize(maker.ask(), ["content"]).success
    assert time.monotonic() - began >= 1.0
    assert sittings(emulator) == 1


def looks_of(maker: StoryMaker) -> str:
    brief = maker.loop.call(maker.services.inputs.brief(maker.ask()))
    return portraits.sheet_hash(brief.characters[0])


def kept(settings: Settings) -> list[Path]:
    return sorted(settings.assets_folder.glob("characters/*/portrait-*"))


@pytest.fixture
def died_before_keeping(maker: StoryMaker, emulator: Emulator, settings: Settings) -> Path:
    """A portrait that was stored by a worker that came no further."""
    emulator.behave(answers="canned")
    maker.execute("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no further'; END $$")
    maker.execute("CREATE TRIGGER die BEFORE INSERT ON portraits FOR EACH ROW EXECUTE FUNCTION die()")
    maker.materialize(maker.ask(), ["content"])
    maker.execute("DROP TRIGGER die ON portraits")
    maker.execute("DELETE FROM portrait_sittings")  # as after the seconds in which a death is noticed
    (stored,) = kept(settings)
    return stored


def test_a_portrait_whose_worker_died_before_anybody_kept_it_is_written_down_and_deleted_later(
    maker: StoryMaker, settings: Settings, died_before_keeping: Path
) -> None:
    assert orphans(maker) == [str(died_before_keeping.relative_to(settings.assets_folder))]
    an_hour_passes(maker)
    assert kept(settings) == []
    assert orphans(maker) == []


def test_a_portrait_that_is_drawn_again_just_like_the_one_nobody_kept_stays(
    maker: StoryMaker, settings: Settings, died_before_keeping: Path
) -> None:
    maker.materialize(maker.ask(), ["content"])
    assert kept(settings) == [died_before_keeping]
    assert len(orphans(maker)) == 1  # the first try's
    an_hour_passes(maker)
    assert kept(settings) == [died_before_keeping]
    assert orphans(maker) == []


def test_a_portrait_that_is_kept_is_nobodys_no_more(maker: StoryMaker, settings: Settings, emulator: Emulator) -> None:
    emulator.behave(answers="canned")
    maker.materialize(maker.ask(), ["content"])
    assert orphans(maker) == []
    an_hour_passes(maker)
    assert len(kept(settings)) == 1


def delete_character_when(maker: StoryMaker, condition: str) -> threading.Thread:
    """Delete the character as soon as this selects something, from a thread that is to be joined."""

    def delete() -> None:
        while not maker.query(condition):
            time.sleep(0.02)
        maker.execute("DELETE FROM characters")

    family = threading.Thread(target=delete)
    family.start()
    return family


def test_nobody_draws_or_stores_a_character_who_was_deleted(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    maker.execute("DELETE FROM characters")
    assert maker.materialize(story_id, ["content", "palette", "cover"]).success
    assert sittings(emulator) == 0
    assert kept(settings) == []
    assert maker.assets(story_id)["cover"]["metadata"]["fallback"] is False  # drawn from the words alone


def test_the_portrait_of_a_character_who_is_deleted_while_it_is_drawn_is_not_stored(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    slow = {"route": "images/generations", "asset": "portrait", "kind": "slow", "seconds": 2}
    emulator.behave(answers="canned", faults=[slow])
    maker.execute("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no further'; END $$")
    maker.execute("CREATE TRIGGER die BEFORE INSERT ON portraits EXECUTE FUNCTION die()")  # whoever has stored one
    story_id = maker.ask()
    family = delete_character_when(maker, "SELECT FROM portrait_sittings")
    assert maker.materialize(story_id, ["content"]).success
    family.join()
    assert sittings(emulator) == 1
    assert kept(settings) == []


@pytest.mark.parametrize("kind", [500, 400], ids=["tried again", "failed for good"])
def test_a_portrait_that_is_being_drawn_when_the_text_fails_is_kept_and_nobody_waits_or_pays_for_it_again(
    maker: StoryMaker, emulator: Emulator, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: int
) -> None:
    monkeypatch.setattr(portraits, "HELD_SECONDS", 40.0)  # waited for by whoever comes after one that did not rise
    slow = {"route": "images/generations", "asset": "portrait", "kind": "slow", "seconds": 3}
    fault = {"route": "chat/completions", "schema": "StoryContent", "kind": kind, "times": 1}
    emulator.behave(answers="canned", faults=[slow, fault])
    began = time.monotonic()
    assert maker.materialize(maker.ask(), ["content"]).success == (kind == 500)
    assert time.monotonic() - began < 30
    assert len(emulator.calls(route="chat/completions", schema="StoryContent", status=kind)) == 1
    assert len(kept(settings)) == 1
    assert maker.query("SELECT FROM portrait_sittings") == []
    assert maker.materialize(maker.ask(), ["content"]).success
    assert sittings(emulator) == 1
