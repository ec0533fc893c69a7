"""The installed command starts the real stack and makes a real book, which a page of another origin reads too."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.incidents.course import opened, provoke
from bench.incidents.provoking import INCIDENTS, Incident
from bench.incidents.watching import AlertReceiver
from bench.stacks import RunningStack
from storytailor.catalog import ALL_ASSETS, PICTURES
from storytailor.db.demo import DEMO_USER
from tests.browser.front_end import opened_page
from tests.end_to_end.conftest import BOOK_TIMEOUT, START_TIMEOUT, STORYTAILOR, Machine
from tests.quoting_provider import strings_of
from tests.telemetry.receivers import OtlpReceiver, one_trace
from tests.web.browsers import started_browser
from tests.web.journey import Hand, Keyboard, Mouse, travel

MAYA = "00000000-0000-4000-8000-000000000101"
"""The demo user's first character."""
STARTS_WITH: dict[str, bytes | tuple[bytes, ...]] = {
    "story.json": b"{",
    "words.json": b"[",
    "activities.json": b"{",
    **{f"{picture}.png": b"\x89PNG\r\n" for picture in PICTURES},
    "audio.mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3"),
    "story.pdf": b"%PDF-",
    "story-print.pdf": b"%PDF-",
    "story.epub": b"PK\x03\x04",
}


def test_the_stack_answers_where_it_says(stack: subprocess.Popen[bytes], machine: Machine) -> None:
    ports = machine.environment
    for port, path in (
        ("API_PORT", "/ready"),
        ("DAGSTER_PORT", "/server_info"),
        ("EMULATOR_PORT", "/health"),
    ):
        assert httpx.get(f"http://127.0.0.1:{ports[port]}{path}", timeout=30).status_code == 200


def test_the_demo_user_has_characters_and_quota(stack: subprocess.Popen[bytes], machine: Machine) -> None:
    token = machine.run("token", "--user", str(DEMO_USER)).stdout.splitlines()[-1]
    base_url = f"http://127.0.0.1:{machine.environment['API_PORT']}/api/v1"
    with httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        assert len(api.get("/characters").json()["data"]["items"]) == 3
        assert len(api.get("/libraries").json()["data"]["items"]) == 1
        assert api.get("/me").json()["data"]["credits"] >= 100


def test_a_second_worker_takes_its_share_of_the_stories(stack: subprocess.Popen[bytes], machine: Machine) -> None:
    token = machine.run("token", "--user", str(DEMO_USER)).stdout.splitlines()[-1]
    base_url = f"http://127.0.0.1:{machine.environment['API_PORT']}/api/v1"
    logs = [machine.state / "logs" / f"{worker}.log" for worker in ("worker", "worker-2")]
    request = {"character_ids": [MAYA], "story_type": "adventure", "themes": ["courage"], "generateAssets": False}
    asked: list[str] = []
    with httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        deadline = time.monotonic() + START_TIMEOUT
        while not all(log.exists() and "Making content, palette of story" in log.read_text() for log in logs):
            assert time.monotonic() < deadline
            asked.append(api.post("/stories", json=request).raise_for_status().json()["data"]["id"])
            time.sleep(2)
        while api.get("/stories", params={"status": "generating"}).raise_for_status().json()["data"]["items"]:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert {api.get(f"/stories/{story}").json()["data"]["status"] for story in asked} == {"ready"}


def test_a_second_stack_is_refused_with_the_addresses_of_the_first(
    stack: subprocess.Popen[bytes], machine: Machine
) -> None:
    second = machine.run("up")
    assert second.returncode == 1
    assert f"API http://127.0.0.1:{machine.environment['API_PORT']}" in second.stderr
    assert stack.poll() is None


def test_a_story_becomes_a_whole_book(stack: subprocess.Popen[bytes], machine: Machine) -> None:
    options = ("--type", "bedtime", "--theme", "courage", "--character", "maya", "--character", "theo")
    made = machine.run("story", *options, timeout=BOOK_TIMEOUT)
    assert made.returncode == 0, made.stdout + made.stderr
    (book,) = (machine.folder / "out").iterdir()
    assert f"out/{book.name}/" in made.stdout
    assert {path.name for path in book.iterdir()} == set(STARTS_WITH)
    for name, start in STARTS_WITH.items():
        assert (book / name).read_bytes().startswith(start), name
    story = json.loads((book / "story.json").read_text())
    assert story["id"] == book.name
    assert story["asset_generation_status"]["overall"] == "ready"
    assert [character["name"] for character in story["characters"]] == ["Maya", "Theo"]
    assert json.loads((book / "words.json").read_text()) == story["audio_words"]


def test_one_trace_leads_from_the_request_through_the_queue_to_each_call_of_a_provider(
    stack: subprocess.Popen[bytes], machine: Machine, traces: OtlpReceiver
) -> None:
    (book,) = (machine.folder / "out").iterdir()
    steps = one_trace(traces, book.name)
    asked = steps.only("POST /api/v1/stories")
    queued, run = steps.only("queue story"), steps.only("run story")
    assert [step.service for step in (asked, queued, run)] == [
        f"storytailor-{process}" for process in ("api", "code", "worker")
    ]
    assert [step.kind for step in (asked, queued, run)] == ["SERVER", "PRODUCER", "CONSUMER"]
    assert asked.attributes["http.response.status_code"] == 201
    assert [steps.parent(step) for step in (queued, run)] == [asked, queued]
    assets = [steps.only(f"make {asset}") for asset in ALL_ASSETS]
    assert [steps.parent(asset) for asset in assets] == [run] * len(ALL_ASSETS)
    calls = [step for step in steps.all if "gen_ai.operation.name" in step.attributes and step.service != asked.service]
    assert {call.kind for call in calls} == {"CLIENT"}
    assert {steps.parent(call).name for call in calls} >= {"make content", "make cover", "make scene_4", "make audio"}
    written = next(call for call in calls if steps.parent(call).name == "make content" and call.name.startswith("chat"))
    told = written.attributes
    assert (told["gen_ai.provider.name"], told["gen_ai.output.type"]) == ("openai", "json")
    assert written.name == f"chat {told['gen_ai.request.model']}"
    assert told["gen_ai.usage.input_tokens"] > 100
    assert told["gen_ai.usage.output_tokens"] > 100
    spoken = [call.attributes for call in calls if call.attributes.get("gen_ai.output.type") == "speech"]
    assert {call["gen_ai.provider.name"] for call in spoken} == {"elevenlabs"}
    story = json.loads((book / "story.json").read_text())
    words = [
        "Maya",
        "Theo",
        "courage",
        story["title"],
        *(said for said in strings_of(story["content"]) if len(said) > 9),
    ]
    assert len(words) > 10
    assert [word for word in words for body in traces.bodies if word.encode() in body] == []


def test_two_incidents_are_told_by_doctor_alert_and_trace_and_to_the_family_in_its_own_words(
    stack: subprocess.Popen[bytes], machine: Machine, traces: OtlpReceiver, alerts: AlertReceiver
) -> None:
    failing = [incident for incident in INCIDENTS if incident.name.startswith(("audio", "activities"))]
    both = Incident("audio and activities", [fault for incident in failing for fault in incident.faults])
    with opened(RunningStack(STORYTAILOR, machine.folder, machine.environment, stack)) as family:
        said = provoke(both, family, alerts, traces)
        httpx.post(f"{family.stack.emulator}/config", json={}, timeout=10).raise_for_status()
    deadline = time.monotonic() + max(incident.alert_seconds for incident in failing)
    while not all(f"failed at {asset}" in "".join(alerts.told) for asset in ("audio", "activities")):
        assert time.monotonic() < deadline, alerts.told  # two causes, which two looks may find
        time.sleep(0.2)
    for asset, why in (("audio", "characters are used up"), ("activities", "declined")):
        (found,) = [line for line in said.doctor if line.startswith(f"Failed: {asset}")]
        assert why in found
        assert "story show" in found
        assert any(step.startswith(f"make {asset}: ") for step in said.trace)
        (heard,) = [line for line in said.family if line.startswith(f"{asset}: ")]
        assert "ElevenLabs" not in heard
    assert said.family[0] == "ready (partial)"


@pytest.fixture
def quick_providers(stack: subprocess.Popen[bytes], machine: Machine) -> Iterator[None]:
    """Prepared answers, slow enough that a story can be watched as it comes."""
    config = f"http://127.0.0.1:{machine.environment['EMULATOR_PORT']}/_emulator/config"
    httpx.post(config, json={"answers": "canned", "latency": 0.02}, timeout=10).raise_for_status()
    yield
    httpx.post(config, json={}, timeout=10).raise_for_status()


async def test_a_page_of_another_origin_creates_watches_and_reads_a_story(
    quick_providers: None, machine: Machine, front_end: str
) -> None:
    token = machine.run("token", "--user", str(DEMO_USER)).stdout.splitlines()[-1]
    request = {"character_ids": [MAYA], "story_type": "adventure", "themes": ["courage"], "generateAssets": True}
    async with opened_page(front_end, f"http://127.0.0.1:{machine.environment['API_PORT']}") as page:
        async with asyncio.timeout(BOOK_TIMEOUT):
            made = await page.evaluate("([token, request]) => makeAndRead(token, request)", [token, request])

    story = made["story"]
    assert (story["id"], story["status"]) == (made["receipt"]["id"], "ready")
    for told in (made["streamed"], made["realtime"]):
        assert told[0] == "generating"
        assert told[-1] == "ready"
    assert made["picture"]["width"] >= 512
    assert made["sound"] > 10_000
    assert len(story["audio_words"]) > 50


@pytest.mark.parametrize("hand", [Mouse(), Keyboard()], ids=["by clicks", "by keyboard alone"])
def test_a_family_makes_watches_reads_remakes_shares_and_takes_along_a_book_on_the_page(
    stack: subprocess.Popen[bytes], machine: Machine, tmp_path: Path, hand: Hand
) -> None:
    emulator = f"http://127.0.0.1:{machine.environment['EMULATOR_PORT']}/_emulator/config"
    page = f"http://127.0.0.1:{machine.environment['API_PORT']}/"
    httpx.post(emulator, json={"answers": "canned"}, timeout=10).raise_for_status()
    with started_browser() as browser:
        travel(browser, page, hand, "Theo and the Long Night", tmp_path)
    httpx.post(emulator, json={}, timeout=10).raise_for_status()
