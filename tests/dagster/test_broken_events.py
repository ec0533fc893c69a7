"""The connection breaks while Dagster is told that an asset is made: it is told once, and nothing is made again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.settings import Settings
from tests.breaking_proxy import BreakingProxy, When, breaking_way
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker, opened_worker

TOLD = b"INSERT INTO asset_event_tags"


@pytest.fixture
def way(database_url: str) -> Iterator[tuple[str, BreakingProxy]]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(breaking_way(database_url)) as way:
        yield way


@pytest.fixture
def worker(
    maker: StoryMaker,
    settings: Settings,
    way: tuple[str, BreakingProxy],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Worker]:
    """A worker whose Dagster has the way that breaks to its tables."""
    fragile = settings.model_copy(update={"database_url": SecretStr(way[0])})
    with opened_worker(maker.loop, fragile, tmp_path, monkeypatch) as worker:
        yield worker


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_of_dagsters_that_breaks_as_an_asset_is_told_of_costs_no_claim_and_doubles_nothing(
    maker: StoryMaker, worker: Worker, emulator: Emulator, way: tuple[str, BreakingProxy], when: When
) -> None:
    emulator.behave(answers="canned")
    _, proxy = way
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    run_id = worker.request(lease)
    proxy.saying, proxy.breaks = TOLD, when
    worker.make(run_id)
    assert proxy.broke == 1
    assert worker.failures(run_id) == {}
    assert maker.row(story_id)["status"] == "ready"
    assert maker.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    assert [len(emulator.calls(schema=shape)) for shape in ("StoryContent", "PaletteJourney")] == [1, 1]
    made = maker.query(
        "SELECT asset_key, count(*) FROM dagster.event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION' "
        "GROUP BY asset_key ORDER BY asset_key"
    )
    assert made == [('["content"]', 1), ('["palette"]', 1)]
    tags = maker.query("SELECT event_id, key, count(*) FROM dagster.asset_event_tags GROUP BY event_id, key")
    assert tags
    assert {count for _, _, count in tags} == {1}
