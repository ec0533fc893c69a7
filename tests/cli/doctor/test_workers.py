"""What the doctor says of workers whose provider lets nobody in."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator, serving
from storytailor.db import Database
from storytailor.db.workers import Workers
from storytailor.settings import Settings
from storytailor_cli.doctor.workers import check_workers
from storytailor_cli.local_stack.state import RunningStack


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


async def test_a_provider_that_the_next_call_tries_is_shown_and_is_no_failure(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, database_url=database_url, state_dir=tmp_path)
    line = {"provider": "OpenAI", "model": "gpt-5.2", "state": "half_open", "reason": "OpenAI is busy."}
    await Workers(database).announce(uuid4(), "one", 2, 30, circuits=[line])
    _, tried = await check_workers(settings, None)
    assert (tried.name, tried.result) == ("Workers: OpenAI", "1 of them try gpt-5.2 with the next call")
    assert str(tried.remedy).startswith("OpenAI is busy.")
    assert not tried.must_be_mended


async def test_the_doctor_beside_a_stack_with_a_metrics_token_counts_its_workers_by_that_token(
    database: Database, database_url: str, emulator: Emulator, tmp_path: Path
) -> None:
    token = SecretStr("a-metrics-token-of-the-tests-only")
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_dir=tmp_path / "assets",
        state_dir=tmp_path,
        metrics_token=token,
        jwt_secret=SecretStr("a-secret-of-the-tests-only-and-long-enough-for-hs256"),
    )
    await Workers(database).announce(uuid4(), "one", 2, 30)
    with serving(create_app(settings)) as api:
        stack = RunningStack(pid=1, api=api, dagster=None, emulator=None)
        (workers,) = await check_workers(settings, stack)
        (unknown,) = await check_workers(settings.model_copy(update={"metrics_token": None}), stack)
    assert (workers.result, workers.remedy) == ("1 there", None)
    assert unknown.result == "nobody can say"
    assert "METRICS_TOKEN" in str(unknown.remedy)


async def test_nothing_is_said_of_providers_that_answer(database: Database, database_url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=database_url, state_dir=tmp_path)
    well = {"provider": "OpenAI", "model": "gpt-5.2", "state": "closed", "reason": ""}
    await Workers(database).announce(uuid4(), "one", 2, 30, circuits=[well])
    (workers,) = await check_workers(settings, None)
    assert workers.result == "1 there"
