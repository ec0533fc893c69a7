"""A lease that is lost is an expected event: one line in the log, nothing written, nothing told on the asset's page."""

from __future__ import annotations

import dataclasses
import gc
import logging
import threading
import time

import dagster as dg
import pytest

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS
from storytailor.errors import ServiceUnavailableError
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker, hide_jobs
from tests.dagster.workers import Worker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"lease_seconds": 3})  # looked at each second


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an operator reads: warnings and worse, with a mark where there is a trace."""
    gc.collect()  # what was left open is closed, and complains, by now
    found = [record for record in caplog.records if record.levelno >= logging.WARNING]
    return [record.getMessage() + (" [trace]" if record.exc_info else "") for record in found]


def test_a_lease_lost_at_the_write_is_one_line(
    maker: StoryMaker, worker: Worker, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    hide_jobs(maker, "palette")
    with caplog.at_level(logging.WARNING):
        run = worker.make(worker.request(lease))
    lost, released = lines(caplog)
    assert lost.startswith(
        f"The lease on palette of story {story_id} has ended. Nothing was written. Used and not counted"
    )
    assert '"gpt-5.2": {"calls": 1' in lost
    assert released == "palette left unfinished: queued again."
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert "Nothing was written." in worker.failures(run.run_id)["palette"]
    assert worker.notes("palette") == []
    assert set(maker.row(story_id)["usage"]) == {"content"}


def test_a_lease_lost_in_the_making_is_one_line(
    maker: StoryMaker, worker: Worker, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": "slow", "seconds": 8, "times": 1}])
    maker.ask(generate_assets=False)
    (lease,) = maker.claim()

    def take_over() -> None:
        while not maker.query("SELECT FROM asset_generation_jobs WHERE started_at IS NOT NULL"):
            time.sleep(0.05)
        maker.execute("UPDATE asset_generation_jobs SET lease_token = gen_random_uuid()")

    somebody_else = threading.Thread(target=take_over)
    somebody_else.start()
    with caplog.at_level(logging.WARNING):
        run = worker.make(worker.request(lease))
    somebody_else.join()
    # had it waited for the answer, it would have used something
    assert lines(caplog) == ["The lease ended while the asset was being made. Nothing was written."]
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert worker.notes("content") == []


def test_a_lease_lost_while_a_portrait_is_drawn_to_its_end_after_the_text_has_failed_ends_that_too(
    maker: StoryMaker, worker: Worker, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    slow = {"route": "images/generations", "asset": "portrait", "kind": "slow", "seconds": 10}
    fault = {"route": "chat/completions", "schema": "StoryContent", "kind": 400, "times": 1}
    emulator.behave(answers="canned", faults=[slow, fault])
    maker.ask()
    (lease,) = maker.claim()

    def take_over() -> None:
        while not emulator.calls(schema="StoryContent", status=400):
            time.sleep(0.05)
        maker.execute("UPDATE asset_generation_jobs SET lease_token = gen_random_uuid() WHERE lease_token IS NOT NULL")

    somebody_else = threading.Thread(target=take_over)
    somebody_else.start()
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        worker.make(worker.request(dataclasses.replace(lease, assets=("content",))))
    somebody_else.join()
    assert time.monotonic() - began < 8
    assert lines(caplog) == ["The lease ended while the asset was being made. Nothing was written."]
    assert maker.query("SELECT FROM portraits") == []


def test_a_process_that_stood_still_past_its_lease_while_it_made_a_book_stores_nothing(
    maker: StoryMaker, worker: Worker, emulator: Emulator, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    assert maker.materialize(story_id, [asset for asset in ALL_ASSETS if asset not in ("pdf", "epub")]).success
    (lease,) = maker.claim()
    maker.execute(
        """CREATE FUNCTION take_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           UPDATE asset_generation_jobs SET lease_token = gen_random_uuid() WHERE lease_token IS NOT NULL;
           RETURN NULL; END $$"""
    )
    maker.execute(
        "CREATE TRIGGER take_over AFTER UPDATE ON stories FOR EACH ROW WHEN "  # the last it tells before it stores
        "(NEW.asset_generation_status #>> '{assets,pdf,progress}' = '50') EXECUTE FUNCTION take_over()"
    )

    # as after a long sleep: it cannot say of any lease that it has not run out, and has not heard that this one has
    monkeypatch.setattr(maker.services.leases, "note_renewed", lambda tokens, asked: None)
    monkeypatch.setattr(maker.services.leases, "stop", lambda token: None)
    run = worker.make(worker.request(dataclasses.replace(lease, assets=("pdf",))))
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert "stood still" in worker.failures(run.run_id)["pdf"]
    assert list(settings.assets_folder.glob(f"stories/{story_id}/*pdf*")) == []
    assert maker.query("SELECT FROM object_removals") == []


def test_a_lease_whose_request_cannot_be_read_is_made_all_the_same(
    maker: StoryMaker, worker: Worker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()

    async def away(_: object) -> None:
        raise ServiceUnavailableError("The database does not answer.")

    monkeypatch.setattr(maker.services.queue, "origins", away)
    worker.make(worker.request(lease))
    assert maker.row(story_id)["status"] == "ready"
    assert maker.services.leases.held == set()
