from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from storytailor.safety.traits import TRAITS
from tests.api.conftest import Person

CHARACTERS = "/api/v1/characters"


def theo(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Theo",
        "age": 7,
        "species": "human",
        "appearance": "ginger hair,\nround green glasses",
        "traits": ["glasses", "hearing_aid"],
    } | changes


async def create(client: httpx.AsyncClient, person: Person, **changes: Any) -> dict[str, Any]:
    answer = await client.post(CHARACTERS, json=theo(**changes), headers=person.headers)
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_a_character_is_kept_as_it_was_described(client: httpx.AsyncClient, maya: Person) -> None:
    created = await create(client, maya)

    assert theo().items() <= created.items()
    assert created["library_id"] == str(maya.library_id)
    assert created["reference_images"] == []
    shown = await client.get(f"{CHARACTERS}/{created['id']}", headers=maya.headers)
    assert (shown.status_code, shown.json()) == (200, {"success": True, "data": created})
    listed = await client.get(CHARACTERS, headers=maya.headers)
    assert listed.json()["data"]["items"][0] == created


async def test_a_name_is_enough(client: httpx.AsyncClient) -> None:
    somebody_new = Person(uuid4(), uuid4())
    answer = await client.post(CHARACTERS, json={"name": " Fennel "}, headers=somebody_new.headers)

    data = answer.json()["data"]
    assert (data["name"], data["age"], data["species"], data["appearance"], data["traits"]) == (
        "Fennel",
        None,
        "human",
        "",
        [],
    )


async def test_a_story_can_be_about_them_and_keeps_them_as_they_were(client: httpx.AsyncClient, maya: Person) -> None:
    created = await create(client, maya)
    request = maya.story_request(character_ids=[created["id"]])
    story = await client.post("/api/v1/stories", json=request, headers=maya.headers)
    await client.patch(f"{CHARACTERS}/{created['id']}", json={"name": "Ted"}, headers=maya.headers)
    gone = await client.delete(f"{CHARACTERS}/{created['id']}", headers=maya.headers)

    assert gone.status_code == 204
    shown = await client.get(f"/api/v1/stories/{story.json()['data']['id']}", headers=maya.headers)
    assert [who["name"] for who in shown.json()["data"]["characters"]] == ["Theo"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Ted"},
        {"age": None},
        {"age": 8, "traits": []},
        {"appearance": ""},
        {"species": "fox", "traits": ["manual_wheelchair"]},
        {},
    ],
)
async def test_what_is_sent_changes_and_the_rest_stays(
    client: httpx.AsyncClient, maya: Person, change: dict[str, Any]
) -> None:
    created = await create(client, maya)
    answer = await client.patch(f"{CHARACTERS}/{created['id']}", json=change, headers=maya.headers)

    assert answer.status_code == 200
    changed = answer.json()["data"]
    assert changed.pop("updated_at") > created.pop("updated_at")
    assert changed == created | change


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, "body.name"),
        ({"name": "x" * 81}, "body.name"),
        ({"name": "two\nlines"}, "body.name"),
        ({"name": None}, "body.name"),
        ({"name": "\u200b"}, "body.name"),
        ({"name": "🦄"}, "body.name"),
        ({"species": "\u2060"}, "body.species"),
        ({"name": "ᏣᎳᎩ"}, "body.name"),
        ({"species": "ខ្លា"}, "body.species"),
        ({"age": -1}, "body.age"),
        ({"age": 131}, "body.age"),
        ({"age": 6.5}, "body.age"),
        ({"species": "x" * 61}, "body.species"),
        ({"appearance": "x" * 2001}, "body.appearance"),
        ({"appearance": "nul\x00"}, "body.appearance"),
        ({"traits": ["glasses", "wings"]}, "body.traits.1"),
        ({"traits": ["glasses", "glasses"]}, "body.traits"),
        ({"traits": [*TRAITS, "glasses"]}, "body.traits"),
        ({"library_id": "home"}, "body.library_id"),
        ({"owner_user_id": str(uuid4())}, "body.owner_user_id"),
        ({"reference_images": ["stories/x/cover.png"]}, "body.reference_images"),
    ],
)
async def test_what_makes_no_character_is_refused(
    client: httpx.AsyncClient, maya: Person, method: str, change: dict[str, Any], where: str
) -> None:
    path = CHARACTERS if method == "POST" else f"{CHARACTERS}/{maya.character_id}"
    body = theo(**change) if method == "POST" else change
    answer = await client.request(method, path, json=body, headers=maya.headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert [fault["where"] for fault in answer.json()["data"]] == [where]


async def test_a_name_that_no_typeface_can_print_is_refused_with_its_letters_and_script(
    client: httpx.AsyncClient, maya: Person
) -> None:
    answer = await client.post(CHARACTERS, json=theo(name="Ama ᏣᎳᎩ"), headers=maya.headers)

    assert answer.status_code == 422
    assert "no typeface has Ꮳ Ꮃ Ꭹ (Cherokee): write it in Latin, Greek" in answer.json()["message"]


@pytest.mark.parametrize(
    "name",
    ["आराध्या", "น้ำใจ", "நிலா", "বৃষ্টি", "ሰላም", "עַבְדָּלָּה", "عبد الله", "똠뷁펲", "玥", "Nguyễn", "Жанна", "Ωρίων", "Ջիվան"],
)
async def test_names_in_the_scripts_of_many_families_are_taken(
    client: httpx.AsyncClient, maya: Person, name: str
) -> None:
    answer = await client.post(CHARACTERS, json=theo(name=name), headers=maya.headers)

    assert (answer.status_code, answer.json()["data"]["name"]) == (201, name)


async def test_an_unknown_trait_is_answered_with_those_there_are(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await client.post(CHARACTERS, json=theo(traits=["wings"]), headers=maya.headers)

    assert len(TRAITS) == 39
    assert all(trait in answer.json()["message"] for trait in TRAITS)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_nobody_moves_into_somebody_elses_library(
    client: httpx.AsyncClient, maya: Person, stranger: Person, method: str
) -> None:
    path = CHARACTERS if method == "POST" else f"{CHARACTERS}/{maya.character_id}"
    body = {"name": "Theo", "library_id": str(stranger.library_id)}
    answer = await client.request(method, path, json=body, headers=maya.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "LIBRARY_NOT_FOUND")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_character_of_somebody_else_is_not_found(
    client: httpx.AsyncClient, maya: Person, stranger: Person, method: str
) -> None:
    path = f"{CHARACTERS}/{maya.character_id}"
    body = {"name": "Mine"} if method == "PATCH" else None
    answer = await client.request(method, path, json=body, headers=stranger.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "CHARACTER_NOT_FOUND")
    assert (await client.get(path, headers=maya.headers)).json()["data"]["name"] == "Maya"


async def test_a_name_is_kept_as_it_can_be_printed(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await client.post(CHARACTERS, json=theo(name="Zo\u0308e\u0308\u200b  🦄"), headers=maya.headers)
    assert answer.json()["data"]["name"] == "Z\u00f6\u00eb"
