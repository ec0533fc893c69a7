"""Makers with all they get: real providers' SDKs on the emulator, a folder store, a database."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest

from emulator.testing import Emulator, serving
from storytailor.db import Database, NewStory, Stories
from storytailor.making.context import AssetContext
from storytailor.services import Services, open_services
from storytailor.settings import Settings
from storytailor.story import StoryBrief, StoryType
from tests.making.stories import character
from tests.making.wire import Wire

ContextFor = Callable[..., AssetContext]


class ProgressLog:
    """What a maker told of its progress."""

    def __init__(self) -> None:
        self.told: list[tuple[int, dict[str, Any]]] = []

    async def __call__(
        self, percent: int, *, status: Literal["generating", "retrying"] = "generating", **metadata: Any
    ) -> None:
        self.told.append((percent, metadata))


@pytest.fixture(scope="session")
def _open_wire(emulator_url: str) -> Iterator[tuple[Wire, int]]:
    wire = Wire(emulator_url)
    with serving(wire.app()) as url:
        yield wire, int(url.rpartition(":")[2])


@pytest.fixture
def wire(_open_wire: tuple[Wire, int]) -> Wire:
    _open_wire[0].forget()
    return _open_wire[0]


@pytest.fixture
def settings(database_url: str, emulator: Emulator, wire: Wire, _open_wire: Any, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=_open_wire[1],
        assets_dir=tmp_path / "assets",
        image_size="256x256",
    )


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_services(settings) as opened:
        yield opened


@pytest.fixture
def context_for(services: Services) -> ContextFor:
    """Gives a maker's context for one asset of a story; what is asked for may be given."""
    return functools.partial(_context, services)


@pytest.fixture
async def story_id(database: Database, services: Services) -> UUID:
    """A story that was asked for."""
    user, hero = uuid4(), uuid4()
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO users (id, credits) VALUES (%s, 100)", (user,))
        await connection.execute(
            """WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)
               INSERT INTO characters (id, library_id, owner_user_id, name) SELECT %s, id, %s, 'Maya' FROM library""",
            (user, hero, user),
        )
    new = NewStory([hero], StoryType.ADVENTURE, ["courage"])
    asked: UUID = (await Stories(database).create(user, new)).id
    return asked


@pytest.fixture
async def context_for_v3(settings: Settings) -> AsyncIterator[ContextFor]:
    """Gives contexts whose voice takes 5,000 characters at a time and is told of no neighbours."""
    async with open_services(settings.model_copy(update={"voice_model": "eleven_v3"})) as opened:
        yield functools.partial(_context, opened)


def _context(services: Services, **asked: Any) -> AssetContext:
    usual = {"characters": (character(),), "story_type": StoryType.ADVENTURE, "themes": ("courage",)}
    return services.context(StoryBrief(**{"story_id": uuid4()} | usual | asked), ProgressLog(), 1)
