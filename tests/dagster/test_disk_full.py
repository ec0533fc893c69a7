"""PostgreSQL's disk is full for a while: what was made is written when there is room, and not made or paid again."""

from __future__ import annotations

import threading
import time

import pytest

from emulator.testing import Emulator
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker

FULL = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'"
FULL_SECONDS = 4.0


def test_what_was_made_while_the_disk_was_full_is_written_when_there_is_room_and_paid_once(
    maker: StoryMaker, worker: Worker, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    maker.execute(f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {FULL}; END $$")
    maker.execute(
        "CREATE TRIGGER no_room BEFORE UPDATE ON stories FOR EACH ROW WHEN "
        "(NEW.asset_generation_status #>> '{assets,content,status}' = 'ready') EXECUTE FUNCTION no_room()"
    )

    def make_room() -> None:
        time.sleep(FULL_SECONDS)
        maker.execute("DROP TRIGGER no_room ON stories")

    (lease,) = maker.claim()
    run = worker.request(lease)
    room = threading.Thread(target=make_room)
    room.start()
    worker.make(run)
    room.join()
    assert maker.row(story_id)["status"] == "ready"
    assert maker.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    assert len(emulator.calls(schema="StoryContent")) == 1
    assert "The database has no room on its disk; waiting for it." in caplog.text
    assert maker.row(story_id)["usage"]["content"]["models"]["gpt-5.2"]["calls"] == 1
