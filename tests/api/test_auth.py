from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest

from api.app import create_app
from api.auth import open_authenticator
from storytailor.errors import SettingsError, UnauthorizedError
from storytailor.settings import Settings
from tests.api.conftest import SECRET, Person, token

SOMEBODY = UUID("5ca1ab1e-0000-4000-8000-000000000001")
CLAIMS: dict[str, Any] = {"sub": str(SOMEBODY), "aud": "authenticated", "exp": time.time() + 86_400}

BAD_HEADERS = {
    "no header": None,
    "another scheme": "Basic bWF5YTpsYW1w",
    "no token": "Bearer ",
    "no JWT": "Bearer maya",
    "expired": f"Bearer {token(SOMEBODY, exp=time.time() - 6)}",
    "for ever": f"Bearer {token(SOMEBODY, exp=None)}",
    "for somebody else": f"Bearer {token(SOMEBODY, aud='anon')}",
    "for nobody": f"Bearer {token(SOMEBODY, aud=None)}",
    "without a user": f"Bearer {token(SOMEBODY, sub=None)}",
    "with a user that is no UUID": f"Bearer {token('maya')}",
    "not yet valid": f"Bearer {token(SOMEBODY, nbf=time.time() + 86_400, exp=time.time() + 90_000)}",
    "another secret": f"Bearer {jwt.encode(CLAIMS, 'x' * 64)}",
    "another algorithm": f"Bearer {jwt.encode(CLAIMS, SECRET * 2, 'HS512')}",
    "no signature": f"Bearer {jwt.encode(CLAIMS, '', 'none')}",
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
async def test_without_a_valid_token_nothing_is_told(client: httpx.AsyncClient, header: str | None) -> None:
    answer = await client.get("/api/v1/me", headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/stories"),
        ("GET", "/api/v1/stories"),
        ("GET", f"/api/v1/stories/{SOMEBODY}"),
        ("GET", f"/api/v1/stories/{SOMEBODY}/events"),
        ("DELETE", f"/api/v1/stories/{SOMEBODY}"),
        ("POST", f"/api/v1/stories/{SOMEBODY}/cancel"),
        ("POST", f"/api/v1/stories/{SOMEBODY}/assets/regenerate"),
        ("POST", f"/api/v1/stories/{SOMEBODY}/share"),
        ("DELETE", f"/api/v1/stories/{SOMEBODY}/share"),
        ("GET", "/api/v1/characters"),
        ("POST", "/api/v1/characters"),
        ("GET", f"/api/v1/characters/{SOMEBODY}"),
        ("PATCH", f"/api/v1/characters/{SOMEBODY}"),
        ("DELETE", f"/api/v1/characters/{SOMEBODY}"),
        ("POST", f"/api/v1/characters/{SOMEBODY}/reference-images"),
        ("DELETE", f"/api/v1/characters/{SOMEBODY}/reference-images/0123456789ab"),
        ("GET", "/api/v1/libraries"),
        ("GET", "/api/v1/me"),
    ],
)
async def test_every_route_wants_a_token(client: httpx.AsyncClient, method: str, path: str) -> None:
    body = Person(uuid4(), uuid4()).story_request() if method == "POST" else None
    answer = await client.request(method, path, json=body)

    assert answer.status_code == 401


async def test_a_strangers_body_is_not_even_read(client: httpx.AsyncClient) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{"

    answer = await client.post("/api/v1/stories", content=body())

    assert (answer.status_code, read) == (401, 0)


async def test_an_issuer_that_is_set_must_be_the_tokens(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"jwt_issuer": "https://auth.example"}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client,
    ):
        for issuer, status in (("https://auth.example", 200), ("https://evil.example", 401), (None, 401)):
            headers = {"Authorization": f"Bearer {token(SOMEBODY, iss=issuer)}"}
            assert (await client.get("/api/v1/me", headers=headers)).status_code == status


@pytest.mark.parametrize("missing", ["JWT_SECRET", "DATABASE_URL"])
def test_the_app_does_not_start_without_what_it_needs(settings: Settings, missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        create_app(settings.model_copy(update={missing.lower(): None}))


@pytest.mark.parametrize("claims", [{"nbf": 30}, {"iat": 30}, {"iat": 30, "nbf": 30}, {"exp": -20}], ids=str)
async def test_clocks_may_differ_by_the_leeway(settings: Settings, claims: dict[str, float]) -> None:
    shifted = token(SOMEBODY, **{name: time.time() + seconds for name, seconds in claims.items()})
    lenient = open_authenticator(settings.model_copy(update={"jwt_leeway_seconds": 60.0}))

    assert (await lenient.caller(shifted)).user_id == SOMEBODY
    with pytest.raises(UnauthorizedError):
        await open_authenticator(settings).caller(shifted)


async def test_an_api_whose_clock_is_three_seconds_behind_takes_a_fresh_token_without_any_setting(
    settings: Settings,
) -> None:
    ahead = time.time() + 3
    fresh = token(SOMEBODY, iat=ahead, nbf=ahead)
    assert (await open_authenticator(settings).caller(fresh)).user_id == SOMEBODY


@pytest.mark.parametrize("seconds", [-1, 61])
def test_the_leeway_is_a_minute_at_the_most(seconds: float) -> None:
    with pytest.raises(ValueError, match="jwt_leeway_seconds"):
        Settings(_env_file=None, jwt_leeway_seconds=seconds)
