"""What `storytailor up` and `storytailor story` say at their start of what a story would fail by."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.testing import Emulator
from storytailor.providers.object_store.making import make_bucket
from tests.aws import CREDENTIALS, client_of
from tests.cli.doctor.test_providers import environment
from tests.cli.running import storytailor

Rows = dict[str, tuple[dict[str, str], dict[str, Any], str, str]]
ROWS: Rows = {
    "a wrong key": ({"OPENAI_API_KEY": "sk-invalid-hunter2"}, {}, "✗ OpenAI: STORY_MODEL", "check OPENAI_API_KEY"),
    "a dead model": ({"STORY_MODEL": "gpt-4o-none"}, {}, "✗ OpenAI: STORY_MODEL", "check STORY_MODEL"),
    "no voice": ({}, {"voices": []}, "✗ ElevenLabs: VOICE_ID", "Add a voice to My Voices"),
    "an unknown voice": ({"VOICE_ID": "nope"}, {}, "✗ ElevenLabs: VOICE_ID", "set VOICE_ID"),
    "no credit": ({}, {"faults": [{"route": "moderations", "kind": "credit_balance_exhausted"}]},
                  "✗ OpenAI: Moderation", "no credit"),
    "moderation off": ({"MODERATION": "off"}, {}, "! OpenAI: MODERATION", "unless that is meant"),
}  # fmt: skip


def up(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`storytailor up` where the API's port is taken: it says what it foresees, and stops there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = storytailor("up", STORYTAILOR_STATE_DIR=str(folder / "state"), API_PORT=port, **settings)
    assert done.returncode == 1
    assert done.stderr.startswith(f"✗ Port {port} is taken by another program; API_PORT moves it")
    assert done.stdout.startswith("Starting the local stack …")
    assert "hunter2" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("row", ROWS, ids=list(ROWS))
def test_up_says_before_it_starts_what_stories_will_fail_by(emulator: Emulator, tmp_path: Path, row: str) -> None:
    settings, behaviour, name, remedy = ROWS[row]
    emulator.behave(answers="canned", **behaviour)
    wrong = {**environment(emulator, tmp_path), **settings}
    wrong.pop("STORYTAILOR_STATE_DIR")
    lines = up(tmp_path, **wrong).stdout.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith(name)]
    assert remedy in lines[at + 1]
    assert len(lines) <= 25


def test_up_names_a_bucket_that_nobody_may_read(moto_url: str, tmp_path: Path) -> None:
    make_bucket("closed", client_of(moto_url))
    bucket = {"ASSETS_BUCKET": "closed", "ASSETS_BASE_URL": f"{moto_url}/closed", "AWS_ENDPOINT_URL_S3": moto_url}
    bucket["ASSETS_ACCESS"] = "public"
    said = up(tmp_path, **CREDENTIALS, **bucket).stdout
    assert "✗ Object store: Public read" in said
    assert "put-a-cdn-before-the-bucket.md" in said


def test_up_foresees_nothing_where_nothing_is_amiss(emulator: Emulator, tmp_path: Path) -> None:
    right = environment(emulator, tmp_path)
    right.pop("STORYTAILOR_STATE_DIR")
    assert up(tmp_path, **right).stdout.splitlines() == ["Starting the local stack …"]


@pytest.mark.parametrize("row", ["a dead model", "no voice", "no credit"])
def test_story_stops_before_it_starts_anything_where_the_story_would_fail(
    emulator: Emulator, tmp_path: Path, row: str
) -> None:
    settings, behaviour, name, remedy = ROWS[row]
    emulator.behave(answers="canned", **behaviour)
    done = storytailor("story", "--out", str(tmp_path / "out"), **{**environment(emulator, tmp_path), **settings})
    assert done.returncode == 1
    assert name in done.stdout
    assert remedy in done.stdout
    assert done.stderr == "✗ No story is begun: it would fail.\n"
    assert not (tmp_path / "state").exists()


def test_up_and_the_doctor_say_that_nothing_bounds_what_a_day_may_cost_where_somebody_takes_money(
    emulator: Emulator, tmp_path: Path
) -> None:
    emulator.behave(answers="canned")
    paid = {**environment(emulator, tmp_path), "IMAGE_BASE_URL": "https://pictures.invalid/v1"}
    looked = storytailor("doctor", **paid).stdout
    assert "! Spending" in looked
    assert "Set DAILY_BUDGET" in looked
    bounded = storytailor("doctor", **paid, DAILY_BUDGET="20").stdout
    assert "✓ Spending" in bounded
    assert "at most 20 US dollars a day" in bounded
    paid.pop("STORYTAILOR_STATE_DIR")
    assert "! Spending" in up(tmp_path, **paid).stdout
