"""Books made while nobody listens where pictures are drawn: for seconds, or for as long as anybody waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.testing import Emulator
from storytailor.catalog import PICTURES
from storytailor.providers import gate
from storytailor.settings import Settings
from tests.absent_server import AbsentServer
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_remaking import made_anew
from tests.making.wire import Wire

AWAY_SECONDS = 10.0


@pytest.fixture
def absent() -> Iterator[AbsentServer]:
    with AbsentServer() as absent:
        yield absent


@pytest.fixture
def settings(settings: Settings, absent: AbsentServer) -> Settings:
    return settings.model_copy(update={"image_base_url": f"{absent.url}/openai/v1", "image_size": "1024x1024"})


def placeholders(maker: StoryMaker, story_id: object) -> list[str]:
    assets = maker.assets(story_id)  # type: ignore[arg-type]
    return [picture for picture in PICTURES if assets[picture]["metadata"]["fallback"]]


def test_a_book_begun_while_nobody_draws_for_seconds_has_every_picture(
    maker: StoryMaker, absent: AbsentServer, emulator: Emulator
) -> None:
    absent.come_back(Wire(emulator.url).app(), after=AWAY_SECONDS)
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette", *PICTURES]).success
    assert placeholders(maker, story_id) == []
    assert [maker.assets(story_id)[picture]["metadata"]["attempt"] for picture in PICTURES] == [1] * len(PICTURES)


def test_a_book_for_which_nobody_draws_is_partial_and_its_pictures_are_made_later_for_nothing(
    maker: StoryMaker, absent: AbsentServer, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LONGEST_BUSY_SECONDS", 3.0)
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    row = maker.row(story_id)
    assert (row["status"], row["asset_generation_status"]["overall"]) == ("ready", "partial")
    assert placeholders(maker, story_id) == list(PICTURES)
    told = maker.assets(story_id)["cover"]["metadata"]["fallbackReason"]
    assert told.startswith("The picture service could not draw this picture.")
    credits = maker.query("SELECT credits FROM users WHERE id = %s", maker.user)

    absent.come_back(Wire(emulator.url).app())
    made_anew(maker, story_id, PICTURES)
    assert placeholders(maker, story_id) == []
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "ready"
    assert maker.query("SELECT credits FROM users WHERE id = %s", maker.user) == credits
    assert maker.query("SELECT kind FROM credit_ledger WHERE story_id = %s", story_id) == [("debit",)]
