"""A story through the real assets: what is written, what is tried again, what is fenced off."""

from __future__ import annotations

import io
import re
import time
from html import unescape
from uuid import uuid4
from zipfile import ZipFile

import dagster as dg

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, CATALOG, PICTURES
from storytailor.making.checks import CREDENTIALS
from storytailor.settings import Settings
from storytailor_dagster.asset_checks import TRAITS_CHECK
from storytailor_dagster.definitions import build_defs
from storytailor_dagster.run_leases import LEASE_TAG, PARENT_RUN_TAG
from tests.book.pdf_reader import elements
from tests.dagster.conftest import StoryMaker


def test_a_story_is_made_from_first_word_to_bound_book(maker: StoryMaker, settings: Settings) -> None:
    story_id = maker.ask()
    result = maker.materialize(story_id)
    assert result.success
    row = maker.row(story_id)
    assert (row["status"], row["asset_generation_status"]["overall"]) == ("ready", "ready")
    assert set(row["hue_extracted_colors"]) == set(PICTURES)
    assert set(row["usage"]) == set(ALL_ASSETS) - {"pdf", "epub"}
    assert all(used["cost_usd"] > 0 for used in row["usage"].values())
    assert row["audio_words"][0]["start"] < row["audio_words"][-1]["end"]
    for name, kind in CATALOG.items():
        asset = maker.assets(story_id)[name]
        assert asset["status"] == "ready"
        if kind.extension:
            key = asset["url"].removeprefix(settings.assets_url)
            assert key.startswith(f"stories/{story_id}/{name}-")
            assert (settings.assets_folder / key).stat().st_size > 1_000
        else:
            assert asset["data"]


def test_a_german_book_describes_its_pictures_in_german(
    maker: StoryMaker, emulator: Emulator, settings: Settings
) -> None:
    story_id = maker.ask(language="de", age=4)
    assert maker.materialize(story_id).success
    content = maker.row(story_id)["content"]
    told = [content["cover_alt"], *(beat["alt"] for beat in content["beats"])]
    assert all(re.search(r"\b(?:im|am|in|auf|vor|unter|und)\b", alt) for alt in told)

    def file(name: str) -> bytes:
        key: str = maker.assets(story_id)[name]["url"].removeprefix(settings.assets_url)
        return (settings.assets_folder / key).read_bytes()

    assert [e["/Alt"] for e in elements(file("pdf")) if e["/S"] == "/Figure" and "/Alt" in e][: len(told)] == told
    with ZipFile(io.BytesIO(file("epub"))) as epub:
        pages = [epub.read(name).decode() for name in epub.namelist() if name.endswith(".xhtml")]
    shown = {unescape(alt) for page in pages for alt in re.findall(r'<img[^>]* alt="([^"]+)"', page)}
    assert shown >= set(told[1:])  # its cover has the title drawn in, and says so


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


def test_scenes_are_drawn_from_the_cover_alone(maker: StoryMaker, emulator: Emulator) -> None:
    maker.materialize(maker.ask())
    assert [call["asset"] for call in emulator.calls(route="images/generations")] == ["portrait"]
    edits = [call["asset"] for call in emulator.calls(route="images/edits")]
    assert sorted(edits) == ["cover", "scene_1", "scene_2", "scene_3", "scene_4"]


def test_a_transient_failure_is_tried_again_after_the_catalogs_wait(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(
        answers="canned",
        faults=[{"route": "chat/completions", "schema": "StoryContent", "kind": 500, "times": 1}],
    )
    story_id = maker.ask(generate_assets=False)
    result = maker.materialize(story_id, ["content"])
    assert result.success
    assert [event.step_key for event in result.all_events if event.is_step_up_for_retry] == ["content"]
    first, second = emulator.calls(schema="StoryContent")
    assert second["start"] - first["end"] >= 2.0
    assert maker.assets(story_id)["content"]["status"] == "ready"


def test_a_permanent_failure_is_not_tried_again_and_says_what_to_do(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": 401, "times": 9}])
    story_id = maker.ask()
    assert not maker.materialize(story_id).success
    assert len(emulator.calls(schema="StoryContent")) == 1
    content = maker.assets(story_id)["content"]
    assert content == {
        "status": "failed",
        "progress": 0,
        "error": "The writing service cannot be used until something is put right on our side.",
    }
    assert maker.row(story_id)["status"] == "failed"


def test_a_provider_that_says_how_long_to_wait_is_waited_for(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(
        answers="canned",
        faults=[{"route": "chat/completions", "kind": 429, "times": 2, "retry_after": 1}],
    )
    story_id = maker.ask(generate_assets=False)
    began = time.monotonic()
    result = maker.materialize(story_id, ["content"])
    assert result.success
    assert time.monotonic() - began >= 2.0
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_pictures_are_drawn_when_an_overloaded_provider_is_back(maker: StoryMaker, emulator: Emulator) -> None:
    fault = {"route": "images/edits", "kind": 503, "times": 10, "retry_after": 1}
    emulator.behave(answers="canned", faults=[fault])
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    assert len([call for call in emulator.calls(route="images/edits") if call["status"] == 503]) == 10
    pictures = [maker.assets(story_id)[picture] for picture in PICTURES]
    assert not any(picture["metadata"]["fallback"] for picture in pictures)
    assert {picture["metadata"]["attempt"] for picture in pictures} == {1}


def test_a_story_ends_at_once_when_the_account_has_no_credit(maker: StoryMaker, emulator: Emulator) -> None:
    fault = {"route": "chat/completions", "kind": 429, "code": "credit_balance_exhausted", "times": 99}
    emulator.behave(answers="canned", faults=[fault])
    story_id = maker.ask()
    began = time.monotonic()
    assert not maker.materialize(story_id).success
    assert time.monotonic() - began < 10
    assert "put right on our side" in maker.assets(story_id)["content"]["error"]
    assert maker.row(story_id)["status"] == "failed"
    assert len(emulator.calls(schema="StoryContent")) == 1


def test_a_language_the_emulator_cannot_write_ends_the_story_at_once_says_so_and_gives_the_debit_back(
    maker: StoryMaker, emulator: Emulator
) -> None:
    story_id = maker.ask(language="ja")
    assert not maker.materialize(story_id).success
    assert maker.assets(story_id)["content"]["error"] == "The writing service cannot write in this language."
    assert maker.row(story_id)["status"] == "failed"
    assert len(emulator.calls(schema="StoryContent")) == 1
    ledger = maker.query("SELECT kind FROM credit_ledger WHERE story_id = %s ORDER BY id", story_id)
    assert ledger == [("debit",), ("refund",)]


def test_a_picture_that_cannot_be_drawn_becomes_a_placeholder_after_three_attempts(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave(
        answers="canned",
        faults=[{"route": "images/edits", "asset": "scene_2", "kind": 500, "times": 3}],
    )
    story_id = maker.ask()
    result = maker.materialize(story_id)
    assert len(emulator.calls(route="images/edits", asset="scene_2")) == 3
    scene = maker.assets(story_id)["scene_2"]
    assert (scene["status"], scene["metadata"]["fallback"]) == ("ready", True)
    checks = result.get_asset_check_evaluations()
    traits = {check.asset_key.to_user_string(): check.passed for check in checks if check.check_name == TRAITS_CHECK}
    assert traits == {picture: picture != "scene_2" for picture in PICTURES}
    others = {(check.asset_key.to_user_string(), check.check_name): check.passed for check in checks}
    assert {
        ("audio", "word_times_fit_the_sound"),
        ("pdf", "title_is_visible"),
        ("pdf", "no_letter_is_missing"),
        ("epub", "spoken_words_are_on_the_page"),
        *((asset, CREDENTIALS) for asset in (*PICTURES, "audio", "pdf", "epub")),
    } <= {check for check, passed in others.items() if passed}
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "ready"


def test_a_picture_without_a_recorded_trait_is_drawn_again_with_feedback(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave()
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette"]).success
    emulator.behave(omit_traits={"manual_wheelchair": 1})
    result = maker.materialize(story_id, ["cover"])
    assert result.success
    assert len(emulator.calls(route="images/edits", asset="cover")) == 2
    cover = maker.assets(story_id)["cover"]
    assert (cover["metadata"]["attempt"], cover["metadata"]["fallback"]) == (2, False)
    (check,) = (check for check in result.get_asset_check_evaluations() if check.check_name == TRAITS_CHECK)
    assert (check.check_name, check.passed) == (TRAITS_CHECK, True)


def test_a_picture_that_never_shows_a_recorded_trait_becomes_a_placeholder(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave()
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette"]).success
    emulator.behave(omit_traits={"manual_wheelchair": 3})
    result = maker.materialize(story_id, ["cover"])
    assert len(emulator.calls(route="images/edits", asset="cover")) == 3
    assert len(emulator.calls(schema="PictureVerdict", asset="cover")) == 3
    cover = maker.assets(story_id)["cover"]
    assert (cover["status"], cover["metadata"]["fallback"]) == ("ready", True)
    (check,) = (check for check in result.get_asset_check_evaluations() if check.check_name == TRAITS_CHECK)
    assert not check.passed


def test_a_failed_asset_materialised_by_hand_makes_the_story_whole(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "text-to-speech", "kind": 400, "times": 1}])
    story_id = maker.ask()
    maker.materialize(story_id)
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "generating"
    (lease,) = maker.claim()
    assert lease.assets == ("epub",)  # made without the voice
    assert maker.materialize(story_id, ["epub"], tags={LEASE_TAG: str(lease.token)}).success
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "partial"
    assert maker.materialize(story_id, ["audio", "epub"]).success
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "ready"


def test_a_picture_made_again_takes_the_place_of_the_old_one(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    story_id = maker.ask()
    maker.materialize(story_id, ["content", "palette", "cover"])
    old = settings.assets_folder / maker.assets(story_id)["cover"]["url"].removeprefix(settings.assets_url)
    emulator.behave()  # made, not prepared: another picture
    maker.materialize(story_id, ["content", "palette", "cover"])
    new = settings.assets_folder / maker.assets(story_id)["cover"]["url"].removeprefix(settings.assets_url)
    assert new != old
    assert new.exists()
    assert not old.exists()


def test_a_run_whose_lease_has_ended_writes_nothing_and_calls_nobody(maker: StoryMaker, emulator: Emulator) -> None:
    story_id = maker.ask()
    before = maker.row(story_id)
    result = maker.materialize(story_id, tags={LEASE_TAG: str(uuid4())})
    assert not result.success
    assert maker.row(story_id) == before
    assert emulator.calls() == []


def test_a_re_execution_takes_a_lease_of_its_own(maker: StoryMaker) -> None:
    story_id = maker.ask(generate_assets=False)
    tags = {LEASE_TAG: str(uuid4()), PARENT_RUN_TAG: str(uuid4())}
    assert maker.materialize(story_id, ["content", "palette"], tags=tags).success


def test_an_asset_that_is_being_made_cannot_be_begun_by_hand(maker: StoryMaker) -> None:
    story_id = maker.ask()
    maker.claim()
    before = maker.row(story_id)
    assert not maker.materialize(story_id, ["content"]).success
    assert maker.row(story_id) == before


def test_what_a_run_leaves_unfinished_is_queued_again(maker: StoryMaker) -> None:
    story_id = maker.ask()
    (lease,) = maker.claim()
    result = maker.materialize(story_id, ["content", "palette"], tags={LEASE_TAG: str(lease.token)})
    assert result.success
    (again,) = maker.claim()
    assert again.claim == 2
    assert set(again.assets) == set(ALL_ASSETS) - {"content", "palette"}


def test_a_store_that_cannot_be_written_fails_the_asset_with_its_reason(maker: StoryMaker, settings: Settings) -> None:
    settings.assets_folder.touch()  # a file where the folder should be
    story_id = maker.ask()
    maker.materialize(story_id, ["content", "palette", "cover"])
    cover = maker.assets(story_id)["cover"]
    assert cover["status"] == "failed"
    assert "could not be stored" in cover["error"]
