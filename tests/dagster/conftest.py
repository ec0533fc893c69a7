"""Stories made by the real assets, on a real Dagster instance, against the emulator."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import dagster as dg
import psycopg
import pytest

from emulator.testing import Emulator
from storytailor.db import Database, Lease, NewStory, Stories
from storytailor.services import Services
from storytailor.settings import Settings, get_settings
from storytailor.story import StoryType
from storytailor_dagster import assets as story_assets
from storytailor_dagster.definitions import resources
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import MakerLoopResource, maker_loop_resource
from tests.dagster.daemons import lay_out
from tests.dagster.workers import Worker, opened_worker
from tests.postgres import url_of


class StoryMaker:
    """One process that makes stories, and a user who asks for them."""

    def __init__(
        self, loop: MakerLoop, database: Database, instance: dg.DagsterInstance, user: UUID, character: UUID
    ) -> None:
        self.loop = loop
        self.database = database
        self.owned = Stories(database)
        self.instance = instance
        self.user = user
        self.character = character

    @property
    def services(self) -> Services:
        return self.loop.services

    @property
    def resource(self) -> MakerLoopResource:
        """The resource that gives this maker loop."""
        loop = self.loop

        class GivenMakerLoop(MakerLoopResource):
            @property
            def loop(self) -> MakerLoop:
                return loop

        return GivenMakerLoop(s3=maker_loop_resource(loop.services.settings).s3)

    def ask(self, characters: int = 1, **options: Any) -> UUID:
        """Ask for a story of so many characters; its id. Its partition is there, as if the sensor had added it."""
        cast = [self.character, *(self._friend(number) for number in range(2, characters + 1))]
        new = NewStory(cast, StoryType.ADVENTURE, ["courage"], **options)
        story_id: UUID = self.loop.call(self.owned.create(self.user, new)).id
        self.instance.add_dynamic_partitions(stories.name or "", [str(story_id)])
        return story_id

    def _friend(self, number: int) -> UUID:
        """Another character of the family's."""
        friend = uuid4()
        self.execute(
            """INSERT INTO characters (id, library_id, owner_user_id, name)
               SELECT %s, library_id, owner_user_id, %s FROM characters WHERE id = %s""",
            *(friend, f"Friend {number}", self.character),
        )
        return friend

    def claim(self) -> list[Lease]:
        """Claim all that waits, as the sensor does."""
        return self.loop.call(self.services.queue.claim(in_flight=100))

    def materialize(
        self, story_id: UUID, only: Sequence[str] | None = None, tags: dict[str, str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Materialise assets of a story as the UI does; failures show in the result."""
        result = dg.materialize(
            [asset for asset in dg.load_assets_from_modules([story_assets]) if isinstance(asset, dg.AssetsDefinition)],
            selection=list(only) if only else None,
            instance=self.instance,
            partition_key=str(story_id),
            resources=resources(self.resource),
            tags=tags,
            raise_on_error=False,
        )
        self.loop.call(self.loop.run_leases.release(result.run_id))
        return result

    def execute(self, sql: str, *params: object) -> None:
        """Change something behind everybody's back."""
        with psycopg.connect(self.services.settings.database) as connection:
            connection.execute(sql.encode(), params or None)

    def query(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """Look something up behind everybody's back."""
        with psycopg.connect(self.services.settings.database) as connection:
            return connection.execute(sql.encode(), params or None).fetchall()

    def row(self, story_id: UUID) -> dict[str, Any]:
        """The story as its owner sees it."""
        return asdict(self.loop.call(self.owned.get(self.user, story_id)))

    def assets(self, story_id: UUID) -> dict[str, Any]:
        """Where each of its assets stands."""
        assets: dict[str, Any] = self.row(story_id)["asset_generation_status"]["assets"]
        return assets


def hide_jobs(maker: StoryMaker, asset: str) -> None:
    """Let the write that this asset is ready find no lease, until the trigger `hide` is dropped."""
    maker.execute("CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    maker.execute(
        "CREATE TRIGGER hide BEFORE UPDATE ON asset_generation_jobs FOR EACH ROW "
        f"WHEN (NEW.status = 'ready' AND NEW.asset_type = '{asset}') EXECUTE FUNCTION hide()"
    )


@pytest.fixture
def settings(database_url: str, emulator: Emulator, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_dir=tmp_path / "assets",
        image_size="256x256",
        lease_seconds=30,
    )


@pytest.fixture
def maker(settings: Settings) -> Iterator[StoryMaker]:
    with made_with(settings) as maker:
        yield maker


@contextlib.contextmanager
def made_with(settings: Settings) -> Iterator[StoryMaker]:
    """Makes stories with these settings."""
    loop = MakerLoop(settings)
    user, character = uuid4(), uuid4()
    database = loop.call(Database(settings.database).open())
    with dg.DagsterInstance.ephemeral() as instance:
        maker = StoryMaker(loop, database, instance, user, character)
        maker.execute("INSERT INTO users (id, credits) VALUES (%s, 100)", user)
        maker.execute(
            """WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)
               INSERT INTO characters (id, library_id, owner_user_id, name, age, appearance, traits)
               SELECT %s, id, %s, 'Maya', 6, 'warm brown skin, yellow raincoat', '{manual_wheelchair}' FROM library""",
            *(user, character, user),
        )
        yield maker
    loop.call(database.close())
    loop.close()


@pytest.fixture
def worker(maker: StoryMaker, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker with the maker's services, for what only a run on Dagster's real instance and executor shows."""
    with opened_worker(maker.loop, settings, tmp_path, monkeypatch) as worker:
        yield worker


@pytest.fixture
def dagster_url(postgres: str) -> Iterator[str]:
    with dagster_database(postgres) as url:
        yield url


@contextlib.contextmanager
def dagster_database(postgres: str) -> Iterator[str]:
    """The URL of a database for Dagster's tables alone."""
    name = f"dagster_{uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield url_of(postgres, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def kept(maker: StoryMaker, tmp_path: Path, dagster_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoryMaker]:
    """The story maker with Dagster's tables in PostgreSQL, as they are in service."""
    for name, value in lay_out(tmp_path, dagster_url).items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with dg.DagsterInstance.from_config(str(tmp_path)) as maker.instance:
        yield maker
    get_settings.cache_clear()
