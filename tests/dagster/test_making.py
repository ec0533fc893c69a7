"""A story through the real assets: what is written, what is tried again, what is fenced off."""

from __future__ import annotations

import time
from uuid import uuid4

import dagster as dg

from storytailor.catalog import ALL_ASSETS, CATALOG, PICTURES
from storytailor.settings import Settings
from storytailor_dagster.definitions import build_defs
from storytailor_dagster.metadata import TRAITS_CHECK
from storytailor_dagster.run_tags import LEASE_TAG, PARENT_RUN_TAG
from tests.dagster.conftest import Workshop
from tests.emulated import Emulator


def test_a_story_is_made_from_first_word_to_bound_book(workshop: Workshop, settings: Settings) -> None:
    story_id = workshop.ask()
    result = workshop.materialize(story_id)
    assert result.success
    row = workshop.row(story_id)
    assert (row["status"], row["asset_generation_status"]["overall"]) == ("ready", "ready")
    assert set(row["hue_extracted_colors"]) == set(PICTURES)
    assert set(row["usage"]) == set(ALL_ASSETS) - {"pdf", "epub"}
    assert all(used["cost_usd"] > 0 for used in row["usage"].values())
    assert row["audio_words"][0]["start"] < row["audio_words"][-1]["end"]
    for name, asset in workshop.assets(story_id).items():
        assert asset["status"] == "ready"
        if CATALOG[name].extension:
            key = asset["url"].removeprefix(settings.assets_url)
            assert key.startswith(f"stories/{story_id}/{name}-")
            assert (settings.assets_folder / key).stat().st_size > 1_000
        else:
            assert asset["data"]


def test_dagster_sees_eleven_assets_with_the_catalogs_lineage() -> None:
    graph = build_defs().resolve_asset_graph()
    seen = {
        key.to_user_string(): {parent.to_user_string() for parent in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    }
    assert seen == {name: set(kind.needs) for name, kind in CATALOG.items()}
    node = graph.get(dg.AssetKey("cover"))
    assert (node.group_name, node.owners, node.kinds) == ("pictures", ["team:storytailor"], {"openai", "s3"})
    assert node.description


def test_scenes_are_drawn_from_the_cover_alone(workshop: Workshop, emulator: Emulator) -> None:
    workshop.materialize(workshop.ask())
    assert [call["asset"] for call in emulator.calls(route="images/generations")] == ["portrait"]
    edits = [call["asset"] for call in emulator.calls(route="images/edits")]
    assert sorted(edits) == ["cover", "scene_1", "scene_2", "scene_3", "scene_4"]


def test_a_transient_failure_is_tried_again_after_the_catalogs_wait(
    workshop: Workshop, emulator: Emulator
) -> None:
    emulator.behave(
        answers="canned",
        faults=[{"route": "chat/completions", "schema": "StoryContent", "kind": 500, "times": 1}],
    )
    story_id = workshop.ask(generate_assets=False)
    result = workshop.materialize(story_id, ["content"])
    assert result.success
    assert [event.step_key for event in result.all_events if event.is_step_up_for_retry] == ["content"]
    first, second = emulator.calls(schema="StoryContent")
    assert second["start"] - first["end"] >= 2.0
    assert workshop.assets(story_id)["content"]["status"] == "ready"


def test_a_permanent_failure_is_not_tried_again_and_says_what_to_do(
    workshop: Workshop, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": 401, "times": 9}])
    story_id = workshop.ask()
    assert not workshop.materialize(story_id).success
    assert len(emulator.calls(schema="StoryContent")) == 1
    content = workshop.assets(story_id)["content"]
    assert content == {
        "status": "failed",
        "progress": 0,
        "error": "OpenAI refused the key: check OPENAI_API_KEY.",
    }
    assert workshop.row(story_id)["status"] == "failed"


def test_a_provider_that_says_how_long_to_wait_is_waited_for(workshop: Workshop, emulator: Emulator) -> None:
    emulator.behave(
        answers="canned",
        faults=[{"route": "chat/completions", "kind": 429, "times": 2, "retry_after": 1}],
    )
    story_id = workshop.ask(generate_assets=False)
    began = time.monotonic()
    result = workshop.materialize(story_id, ["content"])
    assert result.success
    assert time.monotonic() - began >= 2.0
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_a_picture_that_cannot_be_drawn_becomes_a_placeholder_after_three_attempts(
    workshop: Workshop, emulator: Emulator
) -> None:
    emulator.behave(
        answers="canned",
        faults=[{"route": "images/edits", "asset": "scene_2", "kind": 500, "times": 3}],
    )
    story_id = workshop.ask()
    result = workshop.materialize(story_id)
    assert len(emulator.calls(route="images/edits", asset="scene_2")) == 3
    scene = workshop.assets(story_id)["scene_2"]
    assert (scene["status"], scene["metadata"]["fallback"]) == ("ready", True)
    checks = {
        check.asset_key.to_user_string(): check.passed for check in result.get_asset_check_evaluations()
    }
    assert checks == {picture: picture != "scene_2" for picture in PICTURES}
    assert workshop.row(story_id)["asset_generation_status"]["overall"] == "ready"


def test_a_picture_without_a_recorded_trait_is_drawn_again_with_feedback(
    workshop: Workshop, emulator: Emulator
) -> None:
    emulator.behave()
    story_id = workshop.ask()
    assert workshop.materialize(story_id, ["content", "palette"]).success
    emulator.behave(omit_traits={"manual_wheelchair": 1})
    result = workshop.materialize(story_id, ["cover"])
    assert result.success
    assert len(emulator.calls(route="images/edits", asset="cover")) == 2
    cover = workshop.assets(story_id)["cover"]
    assert (cover["metadata"]["attempt"], cover["metadata"]["fallback"]) == (2, False)
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == (TRAITS_CHECK, True)


def test_a_picture_that_never_shows_a_recorded_trait_becomes_a_placeholder(
    workshop: Workshop, emulator: Emulator
) -> None:
    emulator.behave()
    story_id = workshop.ask()
    assert workshop.materialize(story_id, ["content", "palette"]).success
    emulator.behave(omit_traits={"manual_wheelchair": 3})
    result = workshop.materialize(story_id, ["cover"])
    assert len(emulator.calls(route="images/edits", asset="cover")) == 3
    assert len(emulator.calls(schema="PictureVerdict", asset="cover")) == 3
    cover = workshop.assets(story_id)["cover"]
    assert (cover["status"], cover["metadata"]["fallback"]) == ("ready", True)
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed


def test_a_failed_asset_materialised_by_hand_makes_the_story_whole(
    workshop: Workshop, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "text-to-speech", "kind": 400, "times": 1}])
    story_id = workshop.ask()
    workshop.materialize(story_id)
    assert workshop.row(story_id)["asset_generation_status"]["overall"] == "generating"
    (lease,) = workshop.claim()
    assert lease.assets == ("epub",)  # made without the voice
    assert workshop.materialize(story_id, ["epub"], tags={LEASE_TAG: str(lease.token)}).success
    assert workshop.row(story_id)["asset_generation_status"]["overall"] == "partial"
    assert workshop.materialize(story_id, ["audio", "epub"]).success
    assert workshop.row(story_id)["asset_generation_status"]["overall"] == "ready"


def test_a_picture_made_again_takes_the_place_of_the_old_one(
    workshop: Workshop, settings: Settings, emulator: Emulator
) -> None:
    story_id = workshop.ask()
    workshop.materialize(story_id, ["content", "palette", "cover"])
    old = settings.assets_folder / workshop.assets(story_id)["cover"]["url"].removeprefix(settings.assets_url)
    emulator.behave()  # made, not prepared: another picture
    workshop.materialize(story_id, ["content", "palette", "cover"])
    new = settings.assets_folder / workshop.assets(story_id)["cover"]["url"].removeprefix(settings.assets_url)
    assert new != old
    assert new.exists()
    assert not old.exists()


def test_a_run_whose_lease_has_ended_writes_nothing_and_calls_nobody(
    workshop: Workshop, emulator: Emulator
) -> None:
    story_id = workshop.ask()
    before = workshop.row(story_id)
    result = workshop.materialize(story_id, tags={LEASE_TAG: str(uuid4())})
    assert not result.success
    assert workshop.row(story_id) == before
    assert emulator.calls() == []


def test_a_re_execution_takes_a_lease_of_its_own(workshop: Workshop) -> None:
    story_id = workshop.ask(generate_assets=False)
    tags = {LEASE_TAG: str(uuid4()), PARENT_RUN_TAG: str(uuid4())}
    assert workshop.materialize(story_id, ["content", "palette"], tags=tags).success


def test_an_asset_that_is_being_made_cannot_be_begun_by_hand(workshop: Workshop) -> None:
    story_id = workshop.ask()
    workshop.claim()
    before = workshop.row(story_id)
    assert not workshop.materialize(story_id, ["content"]).success
    assert workshop.row(story_id) == before


def test_what_a_run_leaves_unfinished_is_queued_again(workshop: Workshop) -> None:
    story_id = workshop.ask()
    (lease,) = workshop.claim()
    result = workshop.materialize(story_id, ["content", "palette"], tags={LEASE_TAG: str(lease.token)})
    assert result.success
    (again,) = workshop.claim()
    assert again.claim == 2
    assert set(again.assets) == set(ALL_ASSETS) - {"content", "palette"}


def test_a_store_that_cannot_be_written_fails_the_asset_with_its_reason(
    workshop: Workshop, settings: Settings
) -> None:
    settings.assets_folder.touch()  # a file where the folder should be
    story_id = workshop.ask()
    workshop.materialize(story_id, ["content", "palette", "cover"])
    cover = workshop.assets(story_id)["cover"]
    assert cover["status"] == "failed"
    assert "could not be stored" in cover["error"]
