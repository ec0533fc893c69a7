"""What an operator sees of a story in Dagster's UI, and what nobody is to see there."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import dagster as dg
import pytest

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, PICTURES
from storytailor.making.book_files import BookFiles
from storytailor.settings import Settings
from storytailor_dagster.asset_checks import TRAITS_CHECK
from storytailor_dagster.metadata import preview
from tests.dagster.conftest import StoryMaker, made_with
from tests.dagster.test_queue_sensor import tick

UP_TO_COVER = ("content", "palette", "cover")
TITLE = "![](/graphql?query=mutation{shutdownRepositoryLocation})"


def events(maker: StoryMaker) -> list[str]:
    """All that Dagster keeps of all runs, as text."""
    records = [record for run in maker.instance.get_runs() for record in maker.instance.all_logs(run.run_id)]
    observations = [
        record.event_log_entry
        for name in ("content", *PICTURES, "audio")
        for record in maker.instance.fetch_observations(dg.AssetKey(name), limit=9).records
    ]
    return [repr(entry) for entry in [*records, *observations]]


def shown(maker: StoryMaker, asset: str, story_id: UUID) -> dict[str, object]:
    """The metadata on the page of the story's partition."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[str(story_id)])
    (record,) = maker.instance.fetch_materializations(wanted, limit=1).records
    assert record.asset_materialization is not None
    return {name: value.value for name, value in record.asset_materialization.metadata.items()}


def test_no_word_of_a_story_reaches_dagster(maker: StoryMaker, emulator: Emulator) -> None:
    maker.execute("UPDATE characters SET name = 'Xanthippezz'")
    emulator.behave(omit_traits={"manual_wheelchair": 3})  # verdicts with reasons, a placeholder
    story_id = maker.ask(title=TITLE)
    assert maker.materialize(story_id, UP_TO_COVER).success
    emulator.behave(answers="canned")
    assert maker.materialize(story_id, [asset for asset in ALL_ASSETS if asset not in UP_TO_COVER]).success
    row = maker.row(story_id)
    content, activities = row["content"], maker.assets(story_id)["activities"]["data"]
    words = {"Xanthippezz", TITLE, content["moral"], content["dedication"], activities["questions"][0]["question"]}
    words |= {beat[field] for beat in content["beats"] for field in ("text", "seen", "alt")}
    kept = events(maker)
    assert len(kept) > 100
    for word in words:
        assert word
        assert not [event for event in kept if word in event], word


def test_the_page_of_a_partition_says_which_story_it_is_what_it_cost_and_where_to_see_it(maker: StoryMaker) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    book = shown(maker, "pdf", story_id)
    pdf, at = maker.assets(story_id)["pdf"], maker.services.settings.assets_url
    assert (book["pdf_object"], book["print_object"]) == tuple(
        url.removeprefix(at) for url in (pdf["url"], pdf["metadata"]["printUrl"])
    )
    assert (book["kind"], book["state"], book["tries"]) == ("adventure", "ready", 1)
    asked = datetime.fromtimestamp(float(str(book["asked_at"])), UTC)
    assert abs((asked - maker.row(story_id)["created_at"]).total_seconds()) < 1
    assert 0 < float(str(shown(maker, "cover", story_id)["cost_usd"])) < float(str(book["story_cost_usd"]))
    for asset in ("audio", "epub", "cover", "pdf"):
        page = shown(maker, asset, story_id)
        assert f"{at}{page[f'{asset}_object']}" == maker.assets(story_id)[asset]["url"]
        assert "preview" not in page  # a family's book is not the operator's to look at
        assert not [value for value in page.values() if "http" in str(value)]


@pytest.fixture
def public(settings: Settings) -> Settings:
    return settings.model_copy(update={"assets_access": "public"})


def test_where_books_are_public_a_partitions_page_shows_them(public: Settings) -> None:
    with made_with(public) as maker:
        story_id = maker.ask()
        assert maker.materialize(story_id).success
        pages = {asset: shown(maker, asset, story_id) for asset in ("cover", "audio", "pdf", "epub")}
        at = public.assets_url
    assert {asset: page["preview"] for asset, page in pages.items()} == {
        "cover": f"![picture]({at}{pages['cover']['cover_object']})",
        "audio": f"[Listen to the narration]({at}{pages['audio']['audio_object']})",
        "pdf": f"[Read the book (PDF)]({at}{pages['pdf']['pdf_object']})"
        f" · [Print it at home (PDF)]({at}{pages['pdf']['print_object']})",
        "epub": f"[Get the read-along book (EPUB)]({at}{pages['epub']['epub_object']})",
    }


def test_the_files_for_printers_are_links_by_their_own_names() -> None:
    urls = {"pdf": "https://cdn.example/1.pdf", "luluCover": "https://cdn.example/2.pdf"}
    facts = preview(BookFiles(dict.fromkeys(urls, b"%PDF" * 500)), urls)
    assert isinstance(facts["preview"], dg.MarkdownMetadataValue)
    assert facts["preview"].value == (
        "[Read the book (PDF)](https://cdn.example/1.pdf) · [luluCover](https://cdn.example/2.pdf)"
    )
    assert facts["luluCover_kilobytes"] == 2


def test_dagsters_page_of_an_asset_says_why_it_failed_and_of_which_story(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": 401, "times": 9}])
    story_id = maker.ask()
    assert not maker.materialize(story_id).success
    (record,) = maker.instance.fetch_observations(dg.AssetKey("content"), limit=9).records
    assert record.partition_key == str(story_id)
    assert record.asset_observation is not None
    facts = {name: value.value for name, value in record.asset_observation.metadata.items()}
    assert (facts["state"], facts["kind"]) == ("failed", "adventure")
    assert "OPENAI_API_KEY" in str(facts["reason"])


def test_each_story_keeps_its_own_checks(maker: StoryMaker, emulator: Emulator) -> None:
    fine, wrong = maker.ask(), maker.ask()
    for story_id in (fine, wrong):
        assert maker.materialize(story_id, ["content", "palette"]).success
    assert maker.materialize(fine, ["cover"]).success
    emulator.behave(omit_traits={"manual_wheelchair": 3})
    assert maker.materialize(wrong, ["cover"]).success
    history = maker.instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("cover"), TRAITS_CHECK), limit=9
    )
    assert {check.partition: check.status.value for check in history} == {str(fine): "SUCCEEDED", str(wrong): "FAILED"}


def test_the_check_of_a_picture_says_how_each_verdict_fell_on_whom_it_was_to_show(
    maker: StoryMaker, emulator: Emulator
) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette"]).success
    emulator.behave(omit_traits={"clothes": 9})  # nothing is recorded of clothes, and they are asked about
    assert maker.materialize(story_id, ["cover"]).success
    (check,) = maker.instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("cover"), TRAITS_CHECK), limit=9
    )
    assert check.event is not None
    evaluation = check.event.dagster_event.asset_check_evaluation_data  # type: ignore[union-attr]
    assert evaluation.passed is False
    assert evaluation.metadata["verdicts"].value == {
        "kind: present": 1,
        "looks: present": 1,
        "clothes: contradicted": 1,
        "manual_wheelchair: present": 1,
        "agency_position: present": 1,
        "company: present": 1,
    }
    assert maker.assets(story_id)["cover"]["metadata"]["fallback"] is False


def test_a_run_is_found_by_the_kind_of_its_story_and_the_day_it_was_asked_for(maker: StoryMaker) -> None:
    story_id = maker.ask()
    (request,) = tick(maker)
    created: datetime = maker.row(story_id)["created_at"]
    assert request.tags["storytailor/kind"] == "adventure"
    assert request.tags["storytailor/asked"] == f"{created:%Y-%m-%d}"
