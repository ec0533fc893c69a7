"""What the doctor says of workers whose provider lets nobody in."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from storytailor.db import Database
from storytailor.db.workers import Workers
from storytailor.settings import Settings
from storytailor_cli.doctor.workers import check_workers


async def test_a_provider_that_lets_the_workers_in_no_more_is_named_with_what_it_said(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, database_url=database_url, state_dir=tmp_path)
    line = {"provider": "OpenAI", "model": "gpt-5.2", "state": "open", "reason": "OpenAI says: no credit left."}
    well = {"provider": "ElevenLabs", "model": "v2", "state": "closed", "reason": ""}
    await Workers(database).announce(uuid4(), "one", 2, 30, circuits=[line, well])
    await Workers(database).announce(uuid4(), "other", 2, 30, circuits=[line])
    _, stopped = await check_workers(settings, None)
    assert (stopped.name, stopped.result) == ("Workers: OpenAI", "2 of them ask nothing of gpt-5.2")
    assert str(stopped.remedy).startswith("OpenAI says: no credit left.")
    assert stopped.must_be_mended


async def test_nothing_is_said_of_providers_that_answer(database: Database, database_url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=database_url, state_dir=tmp_path)
    well = {"provider": "OpenAI", "model": "gpt-5.2", "state": "closed", "reason": ""}
    await Workers(database).announce(uuid4(), "one", 2, 30, circuits=[well])
    (workers,) = await check_workers(settings, None)
    assert workers.result == "1 there"
