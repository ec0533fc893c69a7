"""Assets of a finished story made anew, by the real makers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from storytailor.catalog import ALL_ASSETS, SCENES
from storytailor.db.story_actions import SecondThoughts
from storytailor.settings import Settings
from storytailor_dagster.run_tags import LEASE_TAG
from tests.dagster.conftest import Workshop
from tests.emulated import Emulator

BOOK = ("cover", "pdf", "epub")


def made_anew(
    workshop: Workshop, story_id: UUID, assets: Collection[str], *, cascade: bool = False
) -> set[str]:
    """Have assets made anew as the API, the sensor and a worker do; the assets that the run made."""
    thoughts = SecondThoughts(workshop.engine.studio.stories._database)
    workshop.engine.call(thoughts.remake(workshop.user, story_id, assets, cascade=cascade))
    (lease,) = workshop.claim()
    assert workshop.materialize(story_id, lease.assets, tags={LEASE_TAG: str(lease.token)}).success
    return set(lease.assets)


def files_of(settings: Settings, story_id: UUID) -> set[str]:
    return {path.name for path in (settings.assets_folder / "stories" / str(story_id)).iterdir()}


def test_a_new_cover_comes_with_new_books_and_leaves_the_rest_alone(
    workshop: Workshop, settings: Settings, emulator: Emulator
) -> None:
    emulator.behave()  # made, not canned: each picture is another
    story_id = workshop.ask()
    assert workshop.materialize(story_id).success
    before, files = workshop.row(story_id), files_of(settings, story_id)
    emulator.forget()
    workshop.execute(f"UPDATE stories SET hue_extracted_colors = '{{\"cover\": []}}' WHERE id = '{story_id}'")  # noqa: S608
    assert made_anew(workshop, story_id, ["cover"]) == set(BOOK)

    after = workshop.row(story_id)
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


def test_a_cascade_makes_everything_anew_that_is_made_from_it(workshop: Workshop, settings: Settings) -> None:
    story_id = workshop.ask()
    workshop.materialize(story_id)
    before, files = workshop.assets(story_id), files_of(settings, story_id)
    assert made_anew(workshop, story_id, ["cover"], cascade=True) == {*BOOK, *SCENES}
    after = workshop.assets(story_id)
    assert after["audio"] == before["audio"]
    assert len(files_of(settings, story_id)) == len(files)


def test_a_story_of_words_alone_gets_its_pictures_and_book_later(workshop: Workshop) -> None:
    story_id = workshop.ask(generate_assets=False)
    workshop.materialize(story_id, ["content", "palette"])
    assert workshop.row(story_id)["status"] == "ready"
    assert made_anew(workshop, story_id, ["epub"]) == {"cover", *SCENES, "audio", "epub"}
    assert workshop.row(story_id)["asset_generation_status"]["overall"] == "ready"


def assets_of(row: dict[str, Any]) -> dict[str, Any]:
    assets: dict[str, Any] = row["asset_generation_status"]["assets"]
    return assets
