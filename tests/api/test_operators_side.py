"""What families and strangers are not told, and what browsers are told of every answer."""

from __future__ import annotations

import httpx
import jwt
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor.webhooks.signing import signing_keys
from tests.api.conftest import SECRET, Person, opened, token

TOKEN = "0123456789abcdef0123456789abcdef"
STORIES = "/api/v1/stories"


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/characters", "/nowhere", "/openapi.json", "/ready", "/metrics"]
)
async def test_no_answer_is_kept_guessed_at_framed_or_run(client: httpx.AsyncClient, maya: Person, path: str) -> None:
    headers = (await client.get(path, headers=maya.headers)).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_docs_run_nothing_of_another_host(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "https://" not in page.text.replace("https://fastapi.tiangolo.com/img/favicon.png", "")
    assert page.headers["X-Frame-Options"] == "DENY"


async def test_https_only_is_a_setting(settings: Settings) -> None:
    async with opened(settings.model_copy(update={"hsts_seconds": 31536000})) as client:
        headers = (await client.get("/health")).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


async def test_metrics_are_this_machines_where_no_token_is_set(app: FastAPI, client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 200
    for proxied in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert (await client.get("/metrics", headers={proxied: "127.0.0.1"})).status_code == 401
    stranger = httpx.ASGITransport(app, client=("203.0.113.9", 4000))
    async with httpx.AsyncClient(transport=stranger, base_url="http://api") as far:
        refused = await far.get("/metrics")
        assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHORIZED")
        ready = await far.get("/ready")
        assert (ready.status_code, ready.json()["data"]) == (200, None)
        assert (await far.get("/health")).status_code == 200


async def test_with_a_token_metrics_are_for_whoever_has_it_and_nobody_else(settings: Settings, maya: Person) -> None:
    async with opened(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})) as client:
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers=maya.headers)).status_code == 401
        mine = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.9"}
        assert (await client.get("/metrics", headers=mine)).status_code == 200
        assert (await client.get("/ready")).json()["data"] is None
        assert (await client.get("/ready", headers=mine)).json()["data"]["database"]["ok"] is True


async def test_a_stranger_learns_that_we_are_not_ready_and_not_why(settings: Settings, database_url: str) -> None:
    async with opened(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})) as client:
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE storytailor_schema SET version_num = '0008'")
        stranger = await client.get("/ready")
        operator = await client.get("/ready", headers={"Authorization": f"Bearer {TOKEN}"})
    assert stranger.status_code == operator.status_code == 503
    assert (stranger.json()["message"], stranger.json()["data"]) == ("Not ready.", None)
    assert operator.json()["data"]["database"]["ok"] is False


@pytest.mark.parametrize("path", [STORIES, f"{STORIES}/estimate"])
async def test_only_a_voice_of_the_settings_may_be_named(settings: Settings, maya: Person, path: str) -> None:
    real = {"elevenlabs_api_key": SecretStr("key"), "voice_id": "house", "voices": frozenset({"anna", "ben"})}
    async with opened(settings.model_copy(update=real)) as client:
        for voice in ("anna", "ben", "house", None):
            allowed = await client.post(path, json=maya.story_request(voice_id=voice), headers=maya.headers)
            assert allowed.status_code in (200, 201), allowed.text
        refused = await client.post(path, json=maya.story_request(voice_id="cloned"), headers=maya.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "VALIDATION_ERROR")
    assert refused.json()["data"] == [
        {"where": "body.voice_id", "what": "This voice is not for this; choose one of anna, ben, house"}
    ]


async def test_without_a_list_an_account_s_voices_are_nobody_s_to_name_and_the_emulator_has_no_account(
    settings: Settings, client: httpx.AsyncClient, maya: Person
) -> None:
    wish = maya.story_request(voice_id="cloned")
    assert (await client.post(STORIES, json=wish, headers=maya.headers)).status_code == 201
    async with opened(settings.model_copy(update={"elevenlabs_api_key": SecretStr("key")})) as real:
        refused = await real.post(STORIES, json=wish, headers=maya.headers)
    assert refused.status_code == 422
    assert "there is none to choose from: leave it out" in refused.json()["message"]


@pytest.mark.parametrize(
    "claims", [{"role": "anon"}, {"role": "service_role"}, {"role": None, "is_anonymous": True}, {"role": 1}]
)
async def test_a_token_of_nobody_who_signed_in_opens_nothing(
    client: httpx.AsyncClient, maya: Person, claims: dict[str, object]
) -> None:
    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token(maya.id, **claims)}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert "Sign in" in answer.json()["message"]


async def test_a_guest_of_supabases_is_told_so_and_taken_only_where_guests_are_allowed(
    settings: Settings, client: httpx.AsyncClient, maya: Person
) -> None:
    guest = {"Authorization": f"Bearer {token(maya.id, role='authenticated', is_anonymous=True)}"}
    refused = await client.get("/api/v1/me", headers=guest)
    assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHORIZED")
    assert "guests are not taken here. Sign in with an account" in refused.json()["message"]
    async with opened(settings.model_copy(update={"allow_guests": True})) as open_to_guests:
        assert (await open_to_guests.get("/api/v1/me", headers=guest)).status_code == 200
        server = {"Authorization": f"Bearer {token(maya.id, role='service_role', is_anonymous=True)}"}
        assert (await open_to_guests.get("/api/v1/me", headers=server)).status_code == 401


@pytest.mark.parametrize("claims", [{}, {"role": "authenticated", "is_anonymous": False}])
async def test_whoever_signed_in_here_or_at_another_provider_is_taken(
    client: httpx.AsyncClient, maya: Person, claims: dict[str, object]
) -> None:
    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token(maya.id, **claims)}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["jwt_secret", "metrics_token"])
@pytest.mark.parametrize("short", ["x", " ", "secret", "f" * 31, "f" * 31 + " " * 9])
def test_a_secret_under_32_bytes_starts_nothing_and_is_not_repeated(name: str, short: str) -> None:
    with pytest.raises(SettingsError, match=f"{name.upper()} is too short: .*secrets.token_urlsafe") as error:
        Settings(_env_file=None, **{name: short})  # type: ignore[arg-type]
    assert len(short) < 9 or short.strip() not in str(error.value)
    assert Settings(_env_file=None, **{name: "é" * 16})  # type: ignore[arg-type]


@pytest.mark.parametrize("short", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "lamp", "whsec_"])
def test_a_webhook_secret_under_32_bytes_is_refused_too(short: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET is too short") as error:
        signing_keys(short)
    assert short not in str(error.value)


async def test_with_published_keys_alone_a_shared_secret_signs_nothing(settings: Settings, maya: Person) -> None:
    published = {"jwt_secret": None, "jwt_jwks_url": "http://127.0.0.1:9/jwks.json", "url_secret": SecretStr("u" * 32)}
    async with opened(settings.model_copy(update=published)) as client:
        for secret in (SECRET, "x" * 32):
            forged = jwt.encode({"sub": str(maya.id), "aud": "authenticated", "exp": 9999999999}, secret)
            answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {forged}"})
            assert answer.status_code == 401
