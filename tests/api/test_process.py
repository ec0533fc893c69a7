"""The API as the process that a fleet runs: what it says at its start, and in which form it logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from emulator.testing import Emulator
from storytailor.providers.object_store.making import make_bucket
from tests.api.conftest import SECRET, Person
from tests.aws import CREDENTIALS, client_of, free_ports
from tests.processes import Running, running


@contextmanager
def api_process(folder: Path, **settings: str) -> Iterator[tuple[Running, str]]:
    """The API, and its URL."""
    (port,) = free_ports(1)
    with running("api", folder, {"JWT_SECRET": SECRET, **settings}, host="127.0.0.1", port=port) as api:
        api.says("Uvicorn running on")  # which is said when it listens; that it has started is said before
        yield api, f"http://127.0.0.1:{port}"


def lines_of(text: str) -> list[dict[str, Any]]:
    """What was printed, each line of it one JSON object."""
    return [json.loads(line) for line in text.splitlines()]


def test_as_json_each_line_is_an_object_and_a_request_s_bears_its_id(
    database_url: str, emulator: Emulator, maya: Person, tmp_path: Path
) -> None:
    settings = {"OPENAI_BASE_URL": f"{emulator.url}/openai/v1", "ASSETS_DIR": str(tmp_path / "assets")}
    with api_process(tmp_path, DATABASE_URL=database_url, LOG_FORMAT="json", **settings) as (api, url):
        answer = httpx.get(f"{url}/api/v1/me?apikey=somebodys-secret", headers=maya.headers)
        assert answer.status_code == 200
        api.says("/api/v1/me")
        api.stop()
    lines = lines_of(api.text)
    (request,) = [line for line in lines if "/api/v1/me" in line["message"]]
    assert request["message"].endswith('"GET /api/v1/me HTTP/1.1" 200')
    assert (request["logger"], request["request"]) == ("uvicorn.access", answer.headers["x-request-id"])
    assert "Application shutdown complete." in [line["message"] for line in lines]


def test_it_says_at_its_start_with_what_it_works_and_what_will_fail_and_no_secret(
    database_url: str, emulator: Emulator, moto_url: str, tmp_path: Path
) -> None:
    make_bucket("closed", client_of(moto_url))
    settings = {
        **CREDENTIALS,
        "DATABASE_URL": database_url,
        "OPENAI_API_KEY": "sk-invalid-hunter2",
        "OPENAI_BASE_URL": f"{emulator.url}/openai/v1",
        "ELEVENLABS_API_KEY": "sk-hunter2",
        "ASSETS_BUCKET": "closed",
        "ASSETS_BASE_URL": f"{moto_url}/closed",
        "ASSETS_ACCESS": "public",
        "AWS_ENDPOINT_URL_S3": moto_url,
        "AWS_REGION": "us-east-1",
    }
    with api_process(tmp_path, **settings) as (api, _):
        api.says("check OPENAI_API_KEY")
        api.says("Settings are read at the start")
        start, public = api.line("This API works with"), api.line("Public read")
    name = database_url.partition("?")[0].rpartition("/")[2]
    for part in (
        f"/{name}; files in the bucket closed",
        "text, vision, image, moderation by 127.0.0.1",
        "(other)",
        "voice by ElevenLabs (own)",
        "narrator not set: the first of the account that fits",
        "log as text",
    ):
        assert part in start
    assert "WARNING storytailor" in public
    assert "`storytailor bucket --public-read`, or a CDN that may read it" in public
    assert "hunter2" not in api.text
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in api.text
