"""An asset's last write: an error at it is handled like one in the making, and no stored file is left to nobody."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, CATALOG
from storytailor.db.refusals import FOR_FAMILY
from storytailor.object_cleanup import delete_orphans
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker, hide_jobs
from tests.dagster.workers import Worker

FILES = [asset for asset, kind in CATALOG.items() if kind.extension]


def refuse(maker: StoryMaker, asset: str, how: str) -> None:
    """Let PostgreSQL refuse to write that this asset is ready."""
    maker.execute(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {how} RETURN NEW; END $$")
    maker.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE ON stories FOR EACH ROW WHEN ("
        f"NEW.asset_generation_status #>> '{{assets,{asset},status}}' = 'ready') EXECUTE FUNCTION refuse()"
    )


def orphans(maker: StoryMaker) -> list[str]:
    """The keys that are written down to be deleted."""
    return [prefix for (prefix,) in maker.query("SELECT prefix FROM object_removals")]


def an_hour_passes(maker: StoryMaker) -> None:
    maker.execute("UPDATE object_removals SET due_at = due_at - interval '2 hours'")
    services = maker.services
    maker.loop.call(delete_orphans(services.orphans, services.store))


def files(settings: Settings, asset: str) -> list[Path]:
    return sorted(settings.assets_folder.glob(f"stories/*/{asset}-*"))


def failed(maker: StoryMaker, story_id: UUID) -> dict[str, Any]:
    return {name: asset["error"] for name, asset in maker.assets(story_id).items() if asset["status"] == "failed"}


CONSTRAINT = "RAISE check_violation USING MESSAGE = 'new row violates something', DETAIL = NEW.content;"
TOO_LARGE = "RAISE program_limit_exceeded USING MESSAGE = 'string too long to represent as jsonb string';"


def test_a_record_that_postgresql_refuses_fails_its_asset_once_and_the_others_go_on(
    maker: StoryMaker, settings: Settings, worker: Worker, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    refuse(maker, "activities", CONSTRAINT)
    (lease,) = maker.claim()
    with caplog.at_level(logging.WARNING):
        run = worker.make(worker.request(lease))

    assert failed(maker, story_id) == {"activities": FOR_FAMILY}
    ready = {name for name, asset in maker.assets(story_id).items() if asset["status"] == "ready"}
    assert ready == set(ALL_ASSETS) - {"activities"}
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "partial"
    assert maker.claim() == []  # not made again
    assert len(emulator.calls(schema="Activities")) == 1
    assert maker.row(story_id)["usage"]["activities"]["models"]["gpt-5.2"]["calls"] == 1

    reason = "PostgreSQL does not take what was made: CheckViolation (23514). [new row violates something]"
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.getMessage() == f"Failed for good: {reason}"
    assert maker.query("SELECT error_message FROM asset_generation_jobs WHERE status = 'failed'") == [(reason,)]
    (note,) = worker.notes("activities")
    assert note["reason"] == reason
    title = maker.row(story_id)["title"]
    assert title
    assert title not in worker.failures(run.run_id)["activities"]  # PostgreSQL quotes the row

    assert orphans(maker) == []
    an_hour_passes(maker)
    for asset in FILES:  # what is shown stays
        assert len(files(settings, asset)) == 1, asset


def test_a_record_that_is_too_large_for_postgresql_is_not_taken_for_a_database_that_is_away(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    refuse(maker, "palette", TOO_LARGE)
    assert not maker.materialize(story_id, ["content", "palette"]).success
    assert failed(maker, story_id) == {"palette": FOR_FAMILY}
    assert maker.row(story_id)["usage"]["palette"]["models"]["gpt-5.2"]["calls"] == 1


@pytest.mark.parametrize("end", ["refused", "lost"])
def test_a_file_whose_row_was_not_written_is_written_down_and_deleted_later(
    maker: StoryMaker, settings: Settings, emulator: Emulator, end: str
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    if end == "refused":
        refuse(maker, "cover", CONSTRAINT)
    else:
        hide_jobs(maker, "cover")
    assert not maker.materialize(story_id, ["content", "palette", "cover"]).success
    (stored,) = files(settings, "cover")
    assert orphans(maker) == [str(stored.relative_to(settings.assets_folder))]
    an_hour_passes(maker)
    assert files(settings, "cover") == []
    assert orphans(maker) == []


def test_a_file_that_nobody_showed_is_deleted_and_the_one_made_after_it_stays(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    hide_jobs(maker, "cover")
    assert not maker.materialize(story_id, ["content", "palette", "cover"]).success
    maker.execute("DROP TRIGGER hide ON asset_generation_jobs")
    assert maker.materialize(story_id, ["cover"]).success
    assert len(files(settings, "cover")) == 2  # the same picture, signed twice
    assert len(orphans(maker)) == 1  # the first try's
    an_hour_passes(maker)
    assert orphans(maker) == []
    (shown,) = files(settings, "cover")
    assert maker.assets(story_id)["cover"]["url"].endswith(shown.name)


def test_what_the_store_does_not_let_go_fails_no_asset_and_is_deleted_later(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette", "cover"]).success
    (old,) = files(settings, "cover")
    body = old.read_bytes()
    old.unlink()
    old.mkdir()  # what unlink refuses
    emulator.behave()  # made, not prepared: another picture
    assert maker.materialize(story_id, ["content", "palette", "cover"]).success
    assert orphans(maker) == [str(old.relative_to(settings.assets_folder))]
    old.rmdir()
    old.write_bytes(body)
    an_hour_passes(maker)
    assert not old.exists()


def test_a_story_that_is_deleted_before_its_file_is_stored_has_none_stored(
    maker: StoryMaker,
    settings: Settings,
    worker: Worker,
    emulator: Emulator,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content"]).success
    monkeypatch.setattr(maker.services.leases, "stop", lambda token: None)  # has not heard of it when it stores
    (lease,) = maker.claim()
    maker.execute(
        """CREATE FUNCTION let_go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           DELETE FROM stories WHERE id = NEW.id; RETURN NULL; END $$"""
    )
    maker.execute(
        "CREATE TRIGGER let_go AFTER UPDATE ON stories FOR EACH ROW WHEN "  # the last it tells before it stores
        "(NEW.asset_generation_status #>> '{assets,audio,progress}' = '90') EXECUTE FUNCTION let_go()"
    )
    with caplog.at_level(logging.WARNING):
        run = worker.make(worker.request(dataclasses.replace(lease, assets=("audio",))))
    assert files(settings, "audio") == []
    (told,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert told.startswith("The story was deleted while the asset was being made. Nothing was written.")
    assert "Nothing was written." in worker.failures(run.run_id)["audio"]
