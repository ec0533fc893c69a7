"""Worker, code location and daemon as processes: what they say at their start, and in which form they log."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator.testing import Emulator
from storytailor.providers.object_store.making import make_bucket
from storytailor_cli.local_stack import services
from storytailor_cli.processes import command
from tests.aws import CREDENTIALS, client_of, free_ports
from tests.processes import running, running_words

ROOT = Path(__file__).parents[2]


@pytest.fixture
def broker_url(tmp_path: Path) -> Iterator[str]:
    (port,) = free_ports(1)
    folder = tmp_path / "valkey"
    folder.mkdir()
    with running_words(services.valkey(folder, port, "broker-hunter2").command, "valkey", tmp_path, {}) as valkey:
        valkey.says("Ready to accept connections")
        yield f"redis://:broker-hunter2@127.0.0.1:{port}/0"


@pytest.fixture
def settings(database_url: str, broker_url: str, emulator: Emulator, tmp_path: Path) -> dict[str, str]:
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    return {
        "DAGSTER_HOME": str(tmp_path),
        "DATABASE_URL": database_url,
        "BROKER_URL": broker_url,
        "OPENAI_BASE_URL": f"{emulator.url}/openai/v1",
        "ELEVENLABS_BASE_URL": f"{emulator.url}/elevenlabs",
        "ASSETS_DIR": str(tmp_path / "assets"),
        "CODE_LOCATION_HOST": "127.0.0.1",
        "CODE_LOCATION_PORT": str(free_ports(1)[0]),
    }


def test_a_worker_says_at_its_start_with_what_it_works_what_will_fail_and_who_narrates(
    settings: dict[str, str], moto_url: str, tmp_path: Path
) -> None:
    make_bucket("closed", client_of(moto_url))
    bucket = {"ASSETS_BUCKET": "closed", "ASSETS_BASE_URL": f"{moto_url}/closed", "AWS_ENDPOINT_URL_S3": moto_url}
    bucket["ASSETS_ACCESS"] = "public"
    keys = {"OPENAI_API_KEY": "sk-invalid-hunter2", "ELEVENLABS_API_KEY": "sk-hunter2", "STORY_MODEL": "gpt-4o-none"}
    with running(
        "worker", tmp_path, {**settings, **CREDENTIALS, **bucket, **keys}, concurrency=3, node="one"
    ) as worker:
        begun = worker.line("This worker makes 3 stories side by side, with database ")
        assert "files in the bucket closed" in begun
        assert "text, vision, image, moderation, voice by 127.0.0.1" in begun
        worker.says("Settings are read at the start")
        assert "check OPENAI_API_KEY" in worker.line("OpenAI: ")
        assert "put-a-cdn-before-the-bucket.md" in worker.line("Object store: Public read")
        assert "(Rachel) of this account narrates" in worker.line("VOICE_ID is not set")
        assert "hunter2" not in worker.text
        assert worker.stop() == 0


def test_as_json_each_line_of_worker_code_location_and_daemon_is_an_object(
    settings: dict[str, str], tmp_path: Path
) -> None:
    settings["LOG_FORMAT"] = "json"
    port, workspace = int(settings["CODE_LOCATION_PORT"]), str(ROOT / "workspace.yaml")
    with ExitStack() as stack:
        code = stack.enter_context(running("code", tmp_path, settings, host="127.0.0.1", port=port))
        worker = stack.enter_context(running("worker", tmp_path, settings, concurrency=1, node="one"))
        code.says("Started Dagster code server")
        daemon = stack.enter_context(running("daemon", tmp_path, settings, workspace=workspace))
        worker.says(" ready.")
        daemon.says("is configured with the following daemons")
        ended = {name: process.stop() for name, process in (("daemon", daemon), ("worker", worker), ("code", code))}
    for process in (worker, code, daemon):
        lines = process.text.splitlines()
        assert lines
        for line in lines:
            assert isinstance(json.loads(line), dict), line
        assert len(lines) == len(set(lines)), process.text
    assert ended == {"daemon": 0, "worker": 0, "code": 0}


def test_a_code_location_that_a_script_has_put_into_the_background_stops_when_it_is_asked_to(
    settings: dict[str, str], tmp_path: Path
) -> None:
    program, *arguments = command("code", host="127.0.0.1", port=int(settings["CODE_LOCATION_PORT"]))
    words = (str(Path(sys.executable).with_name(program)), *arguments)
    background = ("sh", "-c", f"trap '' INT; exec {shlex.join(words)}")
    with running_words(background, "code", tmp_path, settings) as code:
        code.says("Started Dagster code server")
        assert code.stop() == 0


def test_a_url_of_alert_urls_that_nobody_can_be_told_by_is_refused_at_the_start_and_not_at_the_first_failure(
    settings: dict[str, str], tmp_path: Path
) -> None:
    settings["ALERT_URLS"] = "jsons://operators.example/told slock://hunter2"
    with running("code", tmp_path, settings, host="127.0.0.1", port=int(settings["CODE_LOCATION_PORT"])) as code:
        refused = code.line("ALERT_URLS: number 2 is no URL that alerts can be sent to, such as ")
        assert code.process.wait(30) == 1
    assert "CRITICAL" in refused
    assert "Traceback" not in code.text
    assert "hunter2" not in code.text
