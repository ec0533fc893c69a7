"""Pages of the origins in CORS_ORIGINS may call every route; a page of any other origin is told nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest

from api.app import create_app
from emulator.testing import Emulator
from storytailor.errors import SettingsError
from storytailor.origins import parse_origins
from storytailor.providers.object_store import Folder
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of, finish, signed_path

PAGE = "https://app.example"
OTHER = "https://evil.example"
STORIES = "/api/v1/stories"
COVER = "stories/x/cover-0123456789ab.png"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
}


@contextlib.asynccontextmanager
async def opened(settings: Settings, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    origins = {"cors_origins": frozenset({PAGE, "http://localhost:5173"})}
    app = create_app(settings.model_copy(update=origins | changes))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(settings) as client:
        yield client


def cors_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def check_readable(answer: httpx.Response, origin: str = PAGE) -> None:
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert {"Retry-After", "X-Request-ID", "Idempotency-Replayed"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert "origin" in answer.headers["Vary"].lower()
    assert "Access-Control-Allow-Credentials" not in answer.headers


def check_told_nothing(answer: httpx.Response) -> None:
    assert cors_headers(answer) == {}
    assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.parametrize("path", [STORIES, "/api/v1/characters/x", "/health", "/openapi.json", "/assets/a.png", "/no"])
async def test_a_preflight_of_a_listed_origin_is_granted_for_every_path(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.options(path, headers=PREFLIGHT)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    methods = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "POST", "PATCH", "DELETE"} <= set(methods)
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "last-event-id", "x-request-id"} <= set(allowed)
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.parametrize(
    "origin", [OTHER, "null", "http://app.example", "https://app.example.evil.example", PAGE + "/"]
)
async def test_an_origin_that_is_not_listed_is_told_nothing(client: httpx.AsyncClient, origin: str) -> None:
    check_told_nothing(await client.options(STORIES, headers=PREFLIGHT | {"Origin": origin}))
    check_told_nothing(await client.get("/health", headers={"Origin": origin}))
    check_told_nothing(await client.get(STORIES, headers={"Origin": origin}))


async def test_without_the_setting_no_other_origin_is_told_anything(settings: Settings) -> None:
    async with opened(settings, cors_origins=frozenset()) as client:
        check_told_nothing(await client.options(STORIES, headers=PREFLIGHT))
        check_told_nothing(await client.get("/health", headers={"Origin": PAGE}))


async def test_an_asterisk_lets_any_origin_in_by_its_token(settings: Settings, maya: Person) -> None:
    async with opened(settings, cors_origins=frozenset("*")) as client:
        answer = await client.get(STORIES, headers=maya.headers | {"Origin": OTHER})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_errors_are_readable_for_the_page(client: httpx.AsyncClient, maya: Person, database_url: str) -> None:
    page = {"Origin": PAGE}
    answers = [
        await client.get(STORIES, headers=page),
        await client.get("/nothing", headers=page),
        await client.put(STORIES, headers=page),
        await client.post(STORIES, content=b" " * 2_000_000, headers=maya.headers | page),
        await client.post(STORIES, json={}, headers=maya.headers | page),
    ]
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE users RENAME TO people")
    answers.append(await client.get("/api/v1/me", headers=maya.headers | page))

    assert [answer.status_code for answer in answers] == [401, 404, 405, 413, 422, 500]
    for answer in answers:
        check_readable(answer)
        assert answer.json()["success"] is False


async def test_being_told_to_wait_is_readable_for_the_page(
    settings: Settings, maya: Person, emulator: Emulator
) -> None:
    page = maya.headers | {"Origin": PAGE}
    async with opened(settings, create_rate_per_minute=1) as client:
        await client.post(STORIES, json=maya.story_request(), headers=page)
        fast = await client.post(STORIES, json=maya.story_request(), headers=page)
    async with opened(settings) as client:
        emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 99}])
        down = await client.post(STORIES, json=maya.story_request(), headers=page)

    assert (fast.status_code, down.status_code) == (429, 503)
    for answer in (fast, down):
        check_readable(answer)
        assert int(answer.headers["Retry-After"]) > 0


async def test_streams_and_stored_files_are_readable_for_the_page(
    client: httpx.AsyncClient, settings: Settings, maya: Person, database_url: str
) -> None:
    page = maya.headers | {"Origin": PAGE}
    made = await client.post(STORIES, json=maya.story_request(), headers=page)
    story_id = made.json()["data"]["id"]
    finish(database_url, story_id)
    await Folder(settings.assets_folder).put(COVER, b"a picture")

    stream = await client.get(f"{STORIES}/{story_id}/events", headers=page)
    picture = await client.get(await signed_path(settings, COVER), headers={"Origin": PAGE})
    ended = await client.get(f"/assets/{COVER}", headers={"Origin": PAGE})

    statuses = [answer.status_code for answer in (made, stream, picture, ended)]
    assert statuses == [201, 200, 200, 403]
    assert (b"event: story" in stream.content, picture.content) == (True, b"a picture")
    for answer in (made, stream, picture, ended):
        check_readable(answer)


async def test_a_picture_that_was_cached_without_an_origin_is_not_taken_for_another_ones(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    await Folder(settings.assets_folder).put(COVER, b"a picture")

    by_an_image_tag = await client.get(await signed_path(settings, COVER))

    assert by_an_image_tag.status_code == 200
    check_told_nothing(by_an_image_tag)


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ("https://app.example", {"https://app.example"}),
        (" https://App.Example:443 , http://localhost:5173,", {"https://app.example", "http://localhost:5173"}),
        ('["https://app.example", "http://[::1]:3000"]', {"https://app.example", "http://[::1]:3000"}),
        ("http://app.example:80", {"http://app.example"}),
        ("https://app.example:80", {"https://app.example:80"}),
        ("capacitor://localhost", {"capacitor://localhost"}),
        ("*", {"*"}),
        ("", set()),
    ],
)
def test_origins_are_written_with_commas_or_as_json(
    monkeypatch: pytest.MonkeyPatch, written: str, origins: set[str]
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", written)

    assert Settings(_env_file=None).cors_origins == origins


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://app.example/", "https://app.example/"),
        ("http://localhost:5173,https://app.example/login", "https://app.example/login"),
        ("https://app.example?x", "https://app.example?x"),
        ("app.example", "app.example"),
        ("https://*.app.example", "https://*.app.example"),
        ("*,https://app.example", "*"),
        ("null", "null"),
        ("https://app.example https://b.example", "https://app.example https://b.example"),
        ("https://me:secret@app.example", "https://me:secret@app.example"),
        ("https://app.example:99999", "https://app.example:99999"),
        ("wss://app.example", "wss://app.example"),
        ("https://", "https://"),
        ("https://bücher.example", "https://bücher.example"),
        ('["https://app.example"', '["https://app.example"'),
        ("[1]", "[1]"),
        ("{}", "{}"),
    ],
)
def test_what_is_no_origin_is_named(monkeypatch: pytest.MonkeyPatch, written: str, named: str) -> None:
    monkeypatch.setenv("CORS_ORIGINS", written)

    with pytest.raises(SettingsError, match="CORS_ORIGINS") as error:
        Settings(_env_file=None)

    assert named in str(error.value)


def test_a_list_of_the_programs_own_is_taken_as_well() -> None:
    assert parse_origins(("https://app.example",)) == {"https://app.example"}
