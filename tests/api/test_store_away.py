"""The object store fails while the API needs it: what the family reads, what the operator reads, and what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from api.app import create_app
from storytailor.settings import Settings
from tests.api.conftest import Person, client_of
from tests.api.test_reference_images import add, picture
from tests.aws import free_ports


@pytest.fixture
def bare(maya: Person, database_url: str) -> Person:
    """Maya, whom no picture shows yet."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET reference_images = '{}'")
    return maya


@pytest.fixture
async def without_s3(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an API whose S3 server is not there."""
    (port,) = free_ports(1)
    bucket = {
        "assets_bucket": "away",
        "aws_endpoint_url_s3": f"http://127.0.0.1:{port}",
        "aws_region": "us-east-1",
        "aws_access_key_id": SecretStr("test"),
        "aws_secret_access_key": SecretStr("test-secret"),
    }
    app = create_app(settings.model_copy(update=bucket))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


async def images_of(client: httpx.AsyncClient, person: Person) -> object:
    answer = await client.get(f"/api/v1/characters/{person.character_id}", headers=person.headers)
    return answer.json()["data"]["reference_images"]


async def test_a_picture_for_a_store_that_is_away_may_be_sent_again_soon(
    without_s3: httpx.AsyncClient, bare: Person, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await add(without_s3, bare, picture())

    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.json()["message"] == "A finished file could not be stored right now."
    assert int(answer.headers["Retry-After"]) <= 30
    assert "AWS_ENDPOINT_URL_S3" in caplog.text  # for the operator
    assert await images_of(without_s3, bare) == []


async def test_a_picture_for_a_folder_that_takes_none_waits_for_the_operator(
    client: httpx.AsyncClient, bare: Person, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.assets_folder.write_text("a file where the folder should be")
    answer = await add(client, bare, picture())

    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "ASSETS_DIR" not in answer.text
    assert answer.headers["Retry-After"] == "300"
    assert "Set ASSETS_DIR to a writable folder" in caplog.text
    assert await images_of(client, bare) == []
    settings.assets_folder.unlink()
    assert (await add(client, bare, picture())).status_code == 201


async def test_what_is_deleted_while_the_store_is_away_is_deleted(without_s3: httpx.AsyncClient, maya: Person) -> None:
    story = (await without_s3.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)).json()["data"]
    for path in (
        f"stories/{story['id']}",
        f"characters/{maya.character_id}/reference-images/0123456789ab",
        f"characters/{maya.character_id}",
    ):
        answer = await without_s3.delete(f"/api/v1/{path}", headers=maya.headers)
        assert answer.status_code == 204, answer.text
