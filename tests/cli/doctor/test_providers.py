"""What the doctor hears when it knocks at the providers: each row is something that would end a story."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator.testing import Emulator
from storytailor.settings import Settings
from storytailor_cli.doctor.finding import Finding
from storytailor_cli.doctor.providers import check_elevenlabs, check_openai
from tests.absent_server import AbsentServer
from tests.aws import free_ports
from tests.cli.running import storytailor


def settings_for(emulator: Emulator, **more: Any) -> Settings:
    usual = {
        "openai_base_url": f"{emulator.url}/openai/v1",
        "elevenlabs_base_url": f"{emulator.url}/elevenlabs",
        "openai_api_key": "sk-good",
        "elevenlabs_api_key": "sk-good",
    }
    return Settings(_env_file=None, **{**usual, **more})


async def found(emulator: Emulator, **more: Any) -> list[Finding]:
    settings = settings_for(emulator, **more)
    return [*await check_openai(settings, None), *await check_elevenlabs(settings, None)]


async def troubles(emulator: Emulator, **more: Any) -> dict[str, str]:
    """What has to be mended, by name, with what is said of it."""
    return {
        finding.name: f"{finding.result} → {finding.remedy}"
        for finding in await found(emulator, **more)
        if finding.must_be_mended
    }


async def test_all_that_is_right_is_told_with_the_voice_that_will_narrate_and_what_is_left(emulator: Emulator) -> None:
    findings = await found(emulator)
    assert all(finding.remedy is None for finding in findings)
    said = {finding.name: finding.result for finding in findings}
    assert said["OpenAI: IMAGE_MODEL"] == "gpt-image-2.5-flare is there"
    assert "(Rachel) of this account narrates" in said["ElevenLabs: VOICE_ID"]
    assert said["ElevenLabs: Characters"] == "96,638 of 100,000 left this month"


ROWS = {
    "a wrong key": ({"openai_api_key": "sk-invalid"}, None, "STORY_MODEL, ", "check OPENAI_API_KEY"),
    "a model that is no more": ({"story_model": "gpt-4o-none"}, None, "OpenAI: STORY_MODEL", "check STORY_MODEL"),
    "a painter that is no more": ({"image_model": "gpt-image-1"}, None, "OpenAI: IMAGE_MODEL", "check IMAGE_MODEL"),
    "a model this account may not use": ({}, ("models/*", "model_not_allowed"), "VISION_MODEL", "no such model"),
    "a size no model draws": ({"image_size": "1000x1000"}, None, "OpenAI: IMAGE_SIZE", "multiples of 16"),
    "a quality there is not": ({"image_quality": "ultra"}, None, "OpenAI: IMAGE_QUALITY", "it takes low, medium"),
    "an effort there is not": ({"reasoning_effort": "huge"}, None, "OpenAI: REASONING_EFFORT", "it takes none, low"),
    "a key without the scope": ({}, ("moderations", "missing_scope"), "OpenAI: Moderation", "lacks a permission"),
    "no credit at moderation": ({}, ("moderations", "credit_balance_exhausted"), "OpenAI: Moderation", "no credit"),
    "no verdict": ({}, ("moderations", "no_moderation_results"), "OpenAI: Moderation", "check MODERATION_MODEL"),
    "no moderations there": ({}, ("moderations", "no_moderations"), "OpenAI: Moderation", "MODERATION"),
    "a wrong voice key": ({"elevenlabs_api_key": "sk-invalid"}, None, "VOICE_ID, ", "check ELEVENLABS_API_KEY"),
    "an unknown voice": ({"voice_id": "nope"}, None, "ElevenLabs: VOICE_ID", "the voice nope: set VOICE_ID"),
    "a voice told missing": ({"voice_id": "x"}, ("voices/*", "voice_not_found_400"), "VOICE_ID", "set VOICE_ID"),
    "an unknown voice model": ({"voice_model": "eleven_v9"}, None, "ElevenLabs: VOICE_MODEL", "Set VOICE_MODEL to"),
}


@pytest.mark.parametrize("row", ROWS, ids=list(ROWS))
async def test_what_would_end_a_story_is_named_with_its_remedy(emulator: Emulator, row: str) -> None:
    settings, fault, name, remedy = ROWS[row]
    if fault is not None:
        emulator.behave(answers="canned", faults=[{"route": fault[0], "kind": fault[1]}])
    said = await troubles(emulator, **settings)
    assert any(name in finding and remedy in words for finding, words in said.items()), said
    assert "sk-" not in str(said)


async def test_an_account_without_a_voice_is_told_to_add_one_or_to_set_voice_id(emulator: Emulator) -> None:
    emulator.behave(answers="canned", voices=[])
    said = await troubles(emulator)
    assert list(said) == ["ElevenLabs: VOICE_ID"]
    assert "Add a voice to My Voices" in said["ElevenLabs: VOICE_ID"]


async def test_a_key_that_may_speak_but_not_read_is_no_failure_where_the_voice_is_set(emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "*", "kind": "missing_permissions_to_read"}])
    assert await troubles(emulator, voice_id="21m00Tcm4TlvDq8ikWAM") == {}
    assert "lacks a permission" in (await troubles(emulator))["ElevenLabs: VOICE_ID"]


async def test_a_busy_provider_is_not_waited_for_and_is_no_failure(emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "moderations", "kind": "rate_limit_for_two_hours"}])
    said = {finding.name: finding for finding in await found(emulator)}
    assert said["OpenAI: Moderation"] == Finding("OpenAI: Moderation", "answers, but is busy")
    assert len(emulator.calls(route="moderations")) == 1


async def test_a_provider_that_is_away_is_said_to_be_with_where_it_was_looked_for(emulator: Emulator) -> None:
    with AbsentServer() as absent:
        said = {finding.name: finding for finding in await found(emulator, moderation_base_url=f"{absent.url}/v1")}
    (name,) = [name for name in said if "Moderation" in name]
    assert "Connect" in said[name].result
    assert "could not be reached. If it stays so, check MODERATION_BASE_URL." in str(said[name].remedy)
    assert said[name].must_be_mended


async def test_another_server_that_does_not_tell_its_models_is_a_note(emulator: Emulator) -> None:
    said = {finding.name: finding for finding in await found(emulator, openai_base_url=f"{emulator.url}/elsewhere")}
    assert said["OpenAI: STORY_MODEL"].remedy is None
    assert "does not tell its models" in said["OpenAI: STORY_MODEL"].result


async def test_an_announced_end_and_a_moderation_that_is_off_are_warnings(emulator: Emulator) -> None:
    findings = {item.name: item for item in await found(emulator, image_model="gpt-image-1.5", moderation="off")}
    ending, off = findings["OpenAI: IMAGE_MODEL"], findings["OpenAI: MODERATION"]
    assert ending.result == "gpt-image-1.5 is there until 2026-12-01"
    assert ending.warning
    assert off.warning
    assert emulator.calls(route="moderations") == []


def environment(emulator: Emulator, folder: Path, **more: str) -> dict[str, str]:
    return {
        "STORYTAILOR_STATE_DIR": str(folder / "state"),
        "OPENAI_BASE_URL": f"{emulator.url}/openai/v1",
        "ELEVENLABS_BASE_URL": f"{emulator.url}/elevenlabs",
        "OPENAI_API_KEY": "sk-good",
        "ELEVENLABS_API_KEY": "sk-good",
        **more,
    }


def test_the_doctor_ends_with_1_for_a_wrong_key_and_shows_no_key(emulator: Emulator, tmp_path: Path) -> None:
    done = storytailor("doctor", **environment(emulator, tmp_path, OPENAI_API_KEY="sk-invalid-hunter2"))
    assert done.returncode == 1
    assert "check OPENAI_API_KEY" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def test_make_story_with_a_wrong_key_says_which_in_one_screen_and_starts_nothing(
    emulator: Emulator, tmp_path: Path
) -> None:
    settings = environment(emulator, tmp_path, OPENAI_API_KEY="sk-invalid-hunter2")
    done = storytailor("story", "--out", str(tmp_path / "out"), **settings)
    assert done.returncode == 1
    assert "check OPENAI_API_KEY" in done.stdout
    assert len((done.stdout + done.stderr).splitlines()) <= 25
    assert "hunter2" not in done.stdout + done.stderr
    assert not (tmp_path / "state").exists()


async def test_an_emulator_of_the_fleets_own_that_has_stopped_is_a_problem_and_not_one_that_starts_with_the_stack() -> (
    None
):
    (port,) = free_ports(1)
    for host, is_problem in (("emulator.invalid", True), ("127.0.0.1", False)):
        settings = Settings(_env_file=None, emulator_host=host, emulator_port=port, provider_timeout=5)
        findings = [*await check_openai(settings, None), *await check_elevenlabs(settings, None)]
        assert any(finding.must_be_mended for finding in findings) is is_problem, host
        assert any("which starts with the stack" in finding.result for finding in findings) is not is_problem, host
