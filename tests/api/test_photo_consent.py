"""No picture of somebody is taken without a word that it may be used, and the word goes with the picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from storytailor.photo_consent import WORDING, WORDING_VERSION
from storytailor.settings import Settings
from tests.api.conftest import Person, without_signatures
from tests.api.test_reference_images import add, picture


@pytest.fixture
def bare(maya: Person, database_url: str) -> Person:
    """Maya, whom no picture shows yet."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE characters SET reference_images = '{}'")
    return maya


def kept(database_url: str) -> list[tuple[UUID, str]]:
    """Who confirmed which picture."""
    with psycopg.connect(database_url) as connection:
        return connection.execute("SELECT owner_user_id, image_key FROM photo_consents ORDER BY given_at").fetchall()


async def character_of(client: httpx.AsyncClient, person: Person) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/characters/{person.character_id}", headers=person.headers)
    data: dict[str, Any] = answer.json()["data"]
    return data


@pytest.mark.parametrize("form", [{}, {"consent": "false"}, {"consent": ""}, {"consent": "I was told it is fine"}])
async def test_a_picture_without_consent_is_not_taken_and_the_answer_says_what_to_send(
    client: httpx.AsyncClient, bare: Person, settings: Settings, database_url: str, form: dict[str, str]
) -> None:
    answer = await add(client, bare, picture(), form=form)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert "Send the form field consent=true" in answer.json()["message"]
    assert answer.json()["data"][0]["where"] == "body.consent"
    assert (await character_of(client, bare))["reference_images"] == []
    assert not settings.assets_folder.exists()
    assert kept(database_url) == []


async def test_a_character_says_whose_word_there_is_for_its_pictures_since_when_and_in_which_words(
    client: httpx.AsyncClient, bare: Person
) -> None:
    added = (await add(client, bare, picture())).json()["data"]

    (consent,) = added["consents"]
    assert consent["image"] in added["reference_images"][0]
    assert (consent["given_by"], consent["wording"]) == (str(bare.id), WORDING_VERSION)
    age = datetime.now(UTC) - datetime.fromisoformat(consent["given_at"])
    assert timedelta(seconds=-1) < age < timedelta(seconds=30)
    assert without_signatures(await character_of(client, bare)) == without_signatures(added)


async def test_the_documentation_shows_the_words_that_are_confirmed(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    form = document["components"]["schemas"]["Body_add_reference_image"]

    assert sorted(form["required"]) == ["consent", "image"]
    assert WORDING in form["properties"]["consent"]["description"]


async def test_the_first_word_for_a_picture_stands_and_each_picture_has_its_own(
    client: httpx.AsyncClient, bare: Person, database_url: str
) -> None:
    first = (await add(client, bare, picture())).json()["data"]["consents"]
    again = (await add(client, bare, picture())).json()["data"]["consents"]
    two = (await add(client, bare, picture(color="gold"))).json()["data"]["consents"]

    assert again == first
    assert len(two) == 2
    assert two[0] == first[0]


async def test_a_consent_stays_as_long_as_a_story_has_the_picture_and_goes_with_the_last(
    client: httpx.AsyncClient, bare: Person, database_url: str
) -> None:
    (consent,) = (await add(client, bare, picture())).json()["data"]["consents"]
    stories = [
        (await client.post("/api/v1/stories", json=bare.story_request(), headers=bare.headers)).json()["data"]["id"]
        for _ in range(2)
    ]
    path = f"/api/v1/characters/{bare.character_id}"
    await client.delete(f"{path}/reference-images/{consent['image']}", headers=bare.headers)
    assert (await character_of(client, bare))["consents"] == []
    assert len(kept(database_url)) == 1
    await client.delete(f"/api/v1/stories/{stories[0]}", headers=bare.headers)
    await client.delete(path, headers=bare.headers)
    assert len(kept(database_url)) == 1
    await client.delete(f"/api/v1/stories/{stories[1]}", headers=bare.headers)
    assert kept(database_url) == []


async def test_a_consent_goes_with_a_picture_or_character_that_no_story_has(
    client: httpx.AsyncClient, bare: Person, database_url: str
) -> None:
    (consent,) = (await add(client, bare, picture())).json()["data"]["consents"]
    await add(client, bare, picture(color="gold"))
    path = f"/api/v1/characters/{bare.character_id}"
    await client.delete(f"{path}/reference-images/{consent['image']}", headers=bare.headers)
    assert [key for _, key in kept(database_url) if consent["image"] in key] == []
    assert len(kept(database_url)) == 1
    await client.delete(path, headers=bare.headers)
    assert kept(database_url) == []
