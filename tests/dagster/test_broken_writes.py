"""The connection breaks in the very write that an asset is ready: it is ready, and was made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.settings import Settings
from tests.breaking_proxy import BreakingProxy, When, breaking_way
from tests.dagster.conftest import StoryMaker

READY = b"-- The asset is ready"
"""How the statement begins that says so."""


@pytest.fixture
def way(database_url: str) -> Iterator[tuple[str, BreakingProxy]]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(breaking_way(database_url)) as way:
        yield way


@pytest.fixture
def settings(settings: Settings, way: tuple[str, BreakingProxy]) -> Settings:
    """The makers' settings, with the way that breaks to the database."""
    return settings.model_copy(update={"database_url": SecretStr(way[0])})


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_breaks_while_an_asset_is_written_does_not_make_or_pay_it_twice(
    maker: StoryMaker, emulator: Emulator, way: tuple[str, BreakingProxy], when: When
) -> None:
    emulator.behave(answers="canned")
    _, proxy = way
    story_id = maker.ask(generate_assets=False)
    proxy.saying, proxy.breaks = READY, when
    result = maker.materialize(story_id, ["content", "palette"])
    assert proxy.broke == 1
    assert [event.message for event in result.all_events if event.is_failure or event.is_step_up_for_retry] == []
    assert maker.row(story_id)["status"] == "ready"
    assert [len(emulator.calls(schema=shape)) for shape in ("StoryContent", "PaletteJourney")] == [1, 1]
    assert maker.row(story_id)["usage"]["content"]["models"]["gpt-5.2"]["calls"] == 1
