"""Where the code location's object store and the providers' keys come from on AWS."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.endpoints import endpoint
from storytailor.errors import SettingsError
from storytailor.providers.object_store import Bucket
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.resources import BoundedS3Resource, maker_loop_resource, with_stored_keys
from tests.aws import client_of
from tests.processes import HANGS_SECONDS

PATH = "/storytailor/production"


def put_parameters(ssm_url: str, **values: str) -> None:
    client = boto3.client("ssm", endpoint_url=ssm_url)
    for name, value in values.items():
        client.put_parameter(Name=f"{PATH}/{name}", Value=value, Type="SecureString")


def test_the_bucket_is_reached_by_the_s3_resource(
    s3_url: str, aws_credentials: None, database_url: str, emulator: Emulator, tmp_path: Path
) -> None:
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_bucket="made-by-dagster",
        assets_base_url=f"{s3_url}/made-by-dagster",
        aws_endpoint_url_s3=s3_url,
    )
    s3 = maker_loop_resource(settings).s3
    assert isinstance(s3, BoundedS3Resource)
    make_bucket("made-by-dagster", s3.get_client())
    loop = MakerLoop(settings, s3=s3.get_client())
    try:
        store = loop.services.store
        assert isinstance(store, Bucket)
        loop.call(store.put("stories/x/cover.png", b"picture"))
    finally:
        loop.close()
    stored = client_of(s3_url).get_object(Bucket="made-by-dagster", Key="stories/x/cover.png")
    assert stored["Body"].read() == b"picture"


def test_a_call_to_the_s3_resource_ends_in_time() -> None:
    config = BoundedS3Resource(region_name="us-east-1").get_client().meta.config
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (5, 30, 32)


def test_the_providers_keys_are_read_from_parameter_store(ssm_url: str) -> None:
    put_parameters(ssm_url, OPENAI_API_KEY="sk-stored", ELEVENLABS_API_KEY="el-stored", SOMETHING_ELSE="x")
    settings = with_stored_keys(Settings(_env_file=None, parameter_store_path=PATH, voice_id="mine"))
    assert endpoint(settings, "image").key == "sk-stored"
    assert endpoint(settings, "voice").key == "el-stored"
    assert settings.voice_id == "mine"


def test_a_key_in_the_environment_goes_before_a_stored_one(ssm_url: str) -> None:
    put_parameters(ssm_url, OPENAI_API_KEY="sk-stored")
    own = Settings(_env_file=None, parameter_store_path=PATH, openai_api_key=SecretStr("sk-own"))
    assert endpoint(with_stored_keys(own), "text").key == "sk-own"


def test_a_path_without_keys_is_named_with_what_to_put_there(ssm_url: str) -> None:
    with pytest.raises(SettingsError, match=f"neither {PATH}/OPENAI_API_KEY nor {PATH}/ELEVENLABS_API_KEY"):
        with_stored_keys(Settings(_env_file=None, parameter_store_path=PATH))


def test_a_key_that_is_missing_beside_a_stored_one_is_named(ssm_url: str) -> None:
    put_parameters(ssm_url, OPENAI_API_KEY="sk-stored")
    settings = with_stored_keys(Settings(_env_file=None, parameter_store_path=PATH))
    with pytest.raises(SettingsError, match=f"no ELEVENLABS_API_KEY.*{PATH}/ELEVENLABS_API_KEY"):
        endpoint(settings, "voice")


def test_without_a_path_nothing_is_asked() -> None:
    settings = Settings(_env_file=None)
    assert with_stored_keys(settings) is settings


def test_a_process_that_has_opened_the_maker_loop_ends(database_url: str, tmp_path: Path) -> None:
    script = (
        "from storytailor.settings import get_settings\n"
        "from storytailor_dagster.resources import maker_loop_resource\n"
        "resource = maker_loop_resource(get_settings())\n"
        "assert resource.loop is maker_loop_resource(get_settings()).loop\n"
    )
    environment = {**os.environ, "DATABASE_URL": database_url, "ASSETS_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, timeout=HANGS_SECONDS, check=False
    )
    assert ended.returncode == 0


def test_what_still_goes_on_when_the_maker_loop_is_closed_ends_before_it_with_all_its_clean_up(
    database_url: str, tmp_path: Path
) -> None:
    loop = MakerLoop(Settings(_env_file=None, database_url=database_url, assets_dir=tmp_path))
    under_way: list[asyncio.Task[None]] = []
    cleaned_up = threading.Event()

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)  # as to close a connection
            cleaned_up.set()

    async def begin() -> None:
        under_way.append(asyncio.create_task(goes_on()))
        await asyncio.sleep(0)

    loop.call(begin())
    loop.close()
    assert cleaned_up.is_set()


def test_the_settings_keep_what_only_an_alias_names(ssm_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put_parameters(ssm_url, OPENAI_API_KEY="sk-stored")
    monkeypatch.setenv("STORYTAILOR_STATE_DIR", "/somewhere/else")
    settings = with_stored_keys(Settings(_env_file=None, parameter_store_path=PATH))
    assert settings.state_dir == Path("/somewhere/else")
