"""The API on a database of the test's own, and people to call it."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from api.app import create_app
from storytailor.providers.object_store import open_urls
from storytailor.settings import Settings

SECRET = "a-secret-of-the-tests-only-and-long-enough-for-hs256"

SettingsFor = Callable[[str], Settings]


def token(user_id: UUID | str, **claims: Any) -> str:
    """A token as the identity provider would sign it; a claim given as None is left out."""
    all_claims = {"sub": str(user_id), "aud": "authenticated", "exp": time.time() + 86_400} | claims
    return jwt.encode({name: value for name, value in all_claims.items() if value is not None}, SECRET)


@dataclass(frozen=True)
class Person:
    """Somebody with a library and a character."""

    character_id: UUID
    library_id: UUID
    id: UUID = field(default_factory=uuid4)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(self.id)}"}

    def story_request(self, **changes: Any) -> dict[str, Any]:
        """The seed's request."""
        return {
            "character_ids": [str(self.character_id)],
            "story_type": "adventure",
            "themes": ["courage", "friendship"],
            "generateAssets": True,
        } | changes


@pytest.fixture
def settings_for(tmp_path: Path, emulator_url: str) -> SettingsFor:
    def make(database_url: str) -> Settings:
        return Settings(
            _env_file=None,
            database_url=SecretStr(database_url),
            jwt_secret=SecretStr(SECRET),
            assets_dir=tmp_path / "assets",
            assets_base_url="https://assets.example",
            openai_base_url=f"{emulator_url}/openai/v1",
        )

    return make


@pytest.fixture
def settings(settings_for: SettingsFor, database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture
def login_of_the_apis_role(postgres: str, database_url: str) -> Iterator[str]:
    """The database's URL for a login that is a member of `storytailor_api` and has nothing else."""
    name = f"login_{uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE storytailor_api").format(sql.Identifier(name)))
        yield database_url.replace("//postgres", f"//{name}", 1)
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client that sees what a real one would: an answer, never the exception behind it."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://api")


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app with these settings."""
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture
def maya(database_url: str) -> Person:
    return create_person(database_url, tier="individual")


@pytest.fixture
def stranger(database_url: str) -> Person:
    return create_person(database_url, tier="individual")


def create_person(database_url: str, *, tier: str = "free", credits: int = 0) -> Person:
    """A new person in the database."""
    person = Person(uuid4(), uuid4())
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO users (id, tier, credits) VALUES (%s, %s, %s)", (person.id, tier, credits))
        connection.execute(
            "INSERT INTO libraries (id, owner_user_id, name) VALUES (%s, %s, 'Maya''s books')",
            (person.library_id, person.id),
        )
        connection.execute(
            "INSERT INTO characters (id, library_id, owner_user_id, name, age, appearance, reference_images)"
            " VALUES (%s, %s, %s, 'Maya', 7, 'Curly hair and a yellow coat', '{characters/maya.png}')",
            (person.character_id, person.library_id, person.id),
        )
    return person


async def signed_path(settings: Settings, key: str) -> str:
    """Where the API serves this object to its owner."""
    url = (await open_urls(settings).current())(key)
    return "/assets/" + url.removeprefix(settings.assets_url)


@contextlib.asynccontextmanager
async def signed_meanwhile(settings: Settings, key: str) -> AsyncIterator[list[str]]:
    """The URLs of this object that may be given out within the block: one, or two where a new one came in between."""
    urls = open_urls(settings)
    given = [(await urls.current())(key)]
    yield given
    given.append((await urls.current())(key))


def without_signatures(told: Any) -> Any:
    """What was told, with its URLs as they lead and not until when: at every quarter of an hour there are new ones."""
    return json.loads(re.sub(r"\?expires=\d+&signature=[\w-]+", "", json.dumps(told)))


def set_asset(database_url: str, story_id: str, asset: str, **state: Any) -> None:
    """Write an asset's state, as a worker would."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT patch_story_assets(%s, %s)", (story_id, Jsonb({asset: state})))


def finish(database_url: str, story_id: str) -> None:
    """Make all assets of the story ready in one write."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE stories SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',"
            ' (SELECT jsonb_object_agg(key, \'{"status": "ready", "progress": 100, "url": "u"}\'::jsonb)'
            " FROM jsonb_object_keys(asset_generation_status->'assets') AS key)) WHERE id = %s",
            (story_id,),
        )
