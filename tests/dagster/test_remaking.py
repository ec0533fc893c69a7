"""Assets of a finished story made anew, by the real makers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, SCENES, AssetName
from storytailor.db.story_actions import StoryActions
from storytailor.settings import Settings
from storytailor_dagster.run_leases import LEASE_TAG
from tests.dagster.conftest import StoryMaker

BOOK = ("cover", "pdf", "epub")


def made_anew(maker: StoryMaker, story_id: UUID, assets: Collection[AssetName], *, cascade: bool = False) -> set[str]:
    """Have assets made anew as the API, the sensor and a worker do; the assets that the run made."""
    story_actions = StoryActions(maker.database)
    maker.loop.call(story_actions.regenerate(maker.user, story_id, assets, cascade=cascade))
    (lease,) = maker.claim()
    assert maker.materialize(story_id, lease.assets, tags={LEASE_TAG: str(lease.token)}).success
    return set(lease.assets)


def files_of(settings: Settings, story_id: UUID) -> set[str]:
    return {path.name for path in (settings.assets_folder / "stories" / str(story_id)).iterdir()}


def test_a_new_cover_comes_with_new_books_and_leaves_the_rest_alone(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    emulator.behave()  # made, not canned: another picture
    before, files = maker.row(story_id), files_of(settings, story_id)
    emulator.forget()
    maker.execute(f"UPDATE stories SET hue_extracted_colors = '{{\"cover\": []}}' WHERE id = '{story_id}'")  # noqa: S608
    assert made_anew(maker, story_id, ["cover"]) == set(BOOK)

    after = maker.row(story_id)
    assert (after["status"], after["asset_generation_status"]["overall"]) == ("ready", "ready")
    was, now = assets_of(before), assets_of(after)
    assert {call["asset"] for call in emulator.calls(route="images/edits")} == {"cover"}
    for asset in BOOK:
        assert now[asset]["url"] != was[asset]["url"], asset
    assert {name: now[name] for name in ALL_ASSETS if name not in BOOK} == {
        name: was[name] for name in ALL_ASSETS if name not in BOOK
    }
    assert len(after["hue_extracted_colors"]["cover"]) == 3
    left = files_of(settings, story_id)
    replaced = {was[asset]["url"].rpartition("/")[2] for asset in BOOK}
    assert replaced <= files
    assert not replaced & left
    assert len(left) == len(files)


def test_a_cascade_makes_everything_anew_that_is_made_from_it(maker: StoryMaker, settings: Settings) -> None:
    story_id = maker.ask()
    maker.materialize(story_id)
    before, files = maker.assets(story_id), files_of(settings, story_id)
    assert made_anew(maker, story_id, ["cover"], cascade=True) == {*BOOK, *SCENES}
    after = maker.assets(story_id)
    assert after["audio"] == before["audio"]
    assert len(files_of(settings, story_id)) == len(files)


def test_a_story_of_words_alone_gets_its_pictures_and_book_later(maker: StoryMaker) -> None:
    story_id = maker.ask(generate_assets=False)
    maker.materialize(story_id, ["content", "palette"])
    assert maker.row(story_id)["status"] == "ready"
    assert made_anew(maker, story_id, ["epub"]) == {"cover", *SCENES, "audio", "epub"}
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "ready"


def assets_of(row: dict[str, Any]) -> dict[str, Any]:
    assets: dict[str, Any] = row["asset_generation_status"]["assets"]
    return assets
