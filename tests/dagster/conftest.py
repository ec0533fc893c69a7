"""Stories made by the real assets, on a real Dagster instance, against the emulator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import dagster as dg
import pytest

from storytailor.db import Lease, Wish
from storytailor.settings import Settings
from storytailor.story import StoryType
from storytailor_dagster import assets as story_assets
from storytailor_dagster.io_managers import story_io
from storytailor_dagster.maker_loop import Engine
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import ENGINE
from tests.emulated import Emulator


class Workshop:
    """One process's worth of story making, and a user who asks for stories."""

    def __init__(self, engine: Engine, instance: dg.DagsterInstance, user: UUID, character: UUID) -> None:
        self.engine = engine
        self.instance = instance
        self.user = user
        self._character = character

    def ask(self, **wishes: Any) -> UUID:
        """Ask for a story; its id. Its partition is there, as if the sensor had added it."""
        wish = Wish(self.user, [self._character], StoryType.ADVENTURE, ["courage"], **wishes)
        story_id: UUID = self.engine.call(self.engine.studio.stories.create(wish))["id"]
        self.instance.add_dynamic_partitions(stories.name or "", [str(story_id)])
        return story_id

    def claim(self) -> list[Lease]:
        """Claim all that waits, as the sensor does."""
        return self.engine.call(self.engine.studio.queue.claim(in_flight=100))

    def materialize(
        self, story_id: UUID, only: Sequence[str] | None = None, tags: dict[str, str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Materialise assets of a story as the UI does; failures show in the result."""
        result = dg.materialize(
            dg.load_assets_from_modules([story_assets]),
            selection=list(only) if only else None,
            instance=self.instance,
            partition_key=str(story_id),
            resources={ENGINE: self.engine, "story_io": story_io},
            tags=tags,
            raise_on_error=False,
        )
        self.engine.call(self.engine.end_run(result.run_id))
        return result

    def execute(self, sql: str) -> None:
        """Change something behind everybody's back."""

        async def run() -> None:
            async with self.engine.studio.stories._database.transaction() as connection:
                await connection.execute(sql)  # type: ignore[call-overload]

        self.engine.call(run())

    def row(self, story_id: UUID) -> dict[str, Any]:
        """The story as its owner sees it."""
        return self.engine.call(self.engine.studio.stories.get(self.user, story_id))

    def assets(self, story_id: UUID) -> dict[str, Any]:
        """Where each of its assets stands."""
        assets: dict[str, Any] = self.row(story_id)["asset_generation_status"]["assets"]
        return assets


@pytest.fixture
def settings(database_url: str, emulator: Emulator, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_dir=tmp_path / "assets",
        lease_seconds=30,
    )


@pytest.fixture
def workshop(settings: Settings) -> Iterator[Workshop]:
    engine = Engine(settings)
    user, character = uuid4(), uuid4()

    async def move_in() -> None:
        async with engine.studio.stories._database.transaction() as connection:
            await connection.execute("INSERT INTO users (id, credits) VALUES (%s, 100)", (user,))
            await connection.execute(
                """WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)
                   INSERT INTO characters (id, library_id, owner_user_id, name, age, appearance, traits)
                   SELECT %s, id, %s, 'Maya', 6, 'warm brown skin, yellow raincoat', '{manual_wheelchair}'
                   FROM library""",
                (user, character, user),
            )

    engine.call(move_in())
    with dg.DagsterInstance.ephemeral() as instance:
        yield Workshop(engine, instance, user, character)
    engine.close()
