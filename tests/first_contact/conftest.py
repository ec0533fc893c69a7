"""A product that meets a real account for the first time: real Dagster, SDKs, database and API on the emulator."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator
from storytailor.db import Accounts
from storytailor.settings import Settings
from storytailor_dagster.run_leases import LEASE_TAG
from tests.api.conftest import SECRET, client_of, token
from tests.dagster.conftest import StoryMaker, maker

__all__ = ["StoryMaker", "allowance", "maker", "read_by_family", "said_to_operator", "see_through"]


@pytest.fixture
def settings(database_url: str, emulator: Emulator, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=SecretStr(database_url),
        jwt_secret=SecretStr(SECRET),
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_dir=tmp_path / "assets",
        image_size="256x256",
        lease_seconds=60,
    )


def see_through(maker: StoryMaker, story_id: UUID, only: Sequence[str] | None = None) -> list[str]:
    """Make the story, and what is left to make when an asset has failed; what Dagster tells of each failure."""
    results = [maker.materialize(story_id, only)]
    left = maker.claim()  # what can be made without the asset that failed
    results += [maker.materialize(story_id, lease.assets, tags={LEASE_TAG: str(lease.token)}) for lease in left]
    failures = [event.step_failure_data for result in results for event in result.all_events if event.is_step_failure]
    return [str(failure.user_failure_data.description) for failure in failures if failure.user_failure_data]


def read_by_family(settings: Settings, maker: StoryMaker, story_id: UUID) -> dict[str, Any]:
    """The story as its owner gets it from the API."""

    async def read() -> dict[str, Any]:
        app = create_app(settings)
        async with app.router.lifespan_context(app), client_of(app) as client:
            headers = {"Authorization": f"Bearer {token(maker.user)}"}
            answer = await client.get(f"/api/v1/stories/{story_id}", headers=headers)
        data: dict[str, Any] = answer.raise_for_status().json()["data"]
        return data

    return asyncio.run(read())


def allowance(maker: StoryMaker) -> int:
    """How many stories the family may still ask for."""
    allowed = maker.loop.call(Accounts(maker.database).allowance(maker.user))
    return allowed.story_limit - allowed.stories_used


def said_to_operator(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log warns of in the making and in the API; webhooks and Dagster have warnings of their own."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and record.name.startswith("storytailor")
        and not record.name.startswith("storytailor.webhooks")
    ]
