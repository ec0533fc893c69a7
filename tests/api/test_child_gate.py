"""Characters, pictures and requests at the gate: judged before anything is stored, in the words that are stored."""

from __future__ import annotations

import asyncio
import io
import tomllib
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image

from api.app import create_app
from emulator.testing import Emulator
from tests.api.conftest import Person, SettingsFor, client_of, create_person
from tests.report_tables import ReportRow

UNFIT = "keeps a secret with her uncle and never tells mum"
CONSENT = {"consent": "true"}


def png() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), "#3366aa").save(drawn, "PNG")
    return drawn.getvalue()


def photo(color: tuple[int, int, int]) -> bytes:
    """Much of one color in many shades, as in a photograph."""
    taken = io.BytesIO()
    picture = Image.new("RGB", (128, 128))
    red, green, blue = color
    shades = [
        (red + x // 3 - 20, green + y // 4 - 16, blue + (x + y) // 8 - 16) for x in range(128) for y in range(128)
    ]
    picture.putdata(shades)
    picture.save(taken, "PNG")
    return taken.getvalue()


@pytest.mark.parametrize("field", ["name", "species", "appearance"])
async def test_a_character_is_judged_when_made_and_when_changed(
    client: httpx.AsyncClient, maya: Person, database_url: str, field: str
) -> None:
    made = await client.post("/api/v1/characters", json={"name": "Leo"} | {field: UNFIT}, headers=maya.headers)
    changed = await client.patch(f"/api/v1/characters/{maya.character_id}", json={field: UNFIT}, headers=maya.headers)
    assert [(a.status_code, a.json()["code"]) for a in (made, changed)] == [(422, "CONTENT_REJECTED")] * 2
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT to_jsonb(characters)::text FROM characters").fetchall()
    assert len(rows) == 1
    assert UNFIT not in rows[0][0]


async def test_a_character_that_nobody_can_judge_is_not_taken(
    client: httpx.AsyncClient, maya: Person, emulator: Emulator
) -> None:
    emulator.behave(faults=[{"route": "chat/completions", "schema": "ChildSafety", "kind": 500}])
    answer = await client.post("/api/v1/characters", json={"name": "Leo"}, headers=maya.headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


async def test_a_change_of_traits_alone_asks_nobody(
    client: httpx.AsyncClient, maya: Person, emulator: Emulator
) -> None:
    made = await client.post("/api/v1/characters", json={"name": "Leo"}, headers=maya.headers)  # after the start's own
    before = len(emulator.calls())
    path = f"/api/v1/characters/{made.json()['data']['id']}"
    assert (await client.patch(path, json={"traits": ["glasses"]}, headers=maya.headers)).status_code == 200
    assert len(emulator.calls()) == before


@pytest.mark.parametrize("color", [(200, 140, 110), (150, 20, 20)], ids=["skin", "blood"])
async def test_a_picture_is_judged_before_it_is_stored(
    client: httpx.AsyncClient, maya: Person, settings: Any, color: tuple[int, int, int]
) -> None:
    path = f"/api/v1/characters/{maya.character_id}/reference-images"
    answer = await client.post(path, files={"image": ("a.png", photo(color))}, data=CONSENT, headers=maya.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "CONTENT_REJECTED")
    assert not list(settings.assets_folder.rglob("reference-*"))


async def test_a_picture_that_nobody_can_judge_is_not_stored(
    client: httpx.AsyncClient, maya: Person, settings: Any, emulator: Emulator
) -> None:
    emulator.behave(faults=[{"route": "moderations", "kind": 500}])
    path = f"/api/v1/characters/{maya.character_id}/reference-images"
    answer = await client.post(path, files={"image": ("a.png", png())}, data=CONSENT, headers=maya.headers)
    assert answer.status_code == 503
    assert not list(settings.assets_folder.rglob("reference-*"))


async def test_a_story_is_about_the_words_that_were_judged(
    client: httpx.AsyncClient, maya: Person, database_url: str, emulator: Emulator
) -> None:
    """The character is changed, past the gate, while the judges look at it."""
    emulator.behave(faults=[{"route": "moderations", "kind": "slow", "seconds": 1.0}])
    asked = asyncio.create_task(client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers))
    await asyncio.sleep(0.5)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET appearance = %s WHERE id = %s", (UNFIT, maya.character_id))
    answer = await asked
    assert answer.status_code == 201
    with psycopg.connect(database_url) as connection:
        (brief,) = connection.execute("SELECT brief::text FROM stories").fetchone() or ("",)
    assert UNFIT not in brief
    assert "yellow coat" in brief


async def test_who_has_no_story_left_causes_no_call_and_no_look_up(
    client: httpx.AsyncClient, database_url: str, emulator: Emulator
) -> None:
    poor = create_person(database_url)
    for _ in range(2):
        assert (
            await client.post("/api/v1/stories", json=poor.story_request(), headers=poor.headers)
        ).status_code == 201
    before = len(emulator.calls())
    request = poor.story_request(webhook_url="https://nowhere.invalid/hook")
    answer = await client.post("/api/v1/stories", json=request, headers=poor.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")  # 422 if the host had been looked up
    assert len(emulator.calls()) == before


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u2028", "\u200b", "\u3164", "\u2800"])
async def test_letters_that_nobody_sees_are_no_name_and_stay_in_none(
    client: httpx.AsyncClient, maya: Person, letter: str
) -> None:
    alone = await client.post("/api/v1/characters", json={"name": letter}, headers=maya.headers)
    assert (alone.status_code, alone.json()["code"]) == (422, "VALIDATION_ERROR")
    request = {"name": f"Le{letter}o", "appearance": f"red{letter}hat"}
    among = await client.post("/api/v1/characters", json=request, headers=maya.headers)
    assert among.status_code == 201
    assert letter not in among.json()["data"]["name"] + among.json()["data"]["appearance"]


REQUESTS = tomllib.loads((Path(__file__).parent / "child_gate.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["hostile", "benign"])
async def test_none_of_the_hostile_requests_makes_a_story_or_costs_anything_and_all_benign_pass(
    maya: Person, settings_for: SettingsFor, database_url: str, report_row: ReportRow, kind: str
) -> None:
    settings = settings_for(database_url).model_copy(update={"create_rate_per_minute": 1000})
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        await ask_for_all(client, maya, database_url, report_row, kind)


async def ask_for_all(
    client: httpx.AsyncClient, maya: Person, database_url: str, report_row: ReportRow, kind: str
) -> None:
    asked = [(language, words) for language, themes in REQUESTS[kind].items() for words in themes]
    assert len(asked) == 84
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE users SET credits = 100 WHERE id = %s", (maya.id,))
    got = {}
    for language, words in asked:
        answer = await client.post("/api/v1/stories", json=maya.story_request(themes=[words]), headers=maya.headers)
        told = answer.json().get("data") or {}
        got[language, words] = answer.status_code
        row = {"request": f"{language} {words}", "kind": kind, "got": str(answer.status_code)}
        report_row("Hostile and benign requests", row | {"for": ", ".join(told.get("categories", ()))})
    expected = 422 if kind == "hostile" else 201
    assert {asked: status for asked, status in got.items() if status != expected} == {}
    with psycopg.connect(database_url) as connection:
        counted = connection.execute("SELECT (SELECT count(*) FROM stories), (SELECT count(*) FROM credit_ledger)")
        stories, debits = counted.fetchone() or (None, None)
    assert (stories, debits) == ((0, 0) if kind == "hostile" else (len(asked), len(asked)))
