from __future__ import annotations

import base64
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from storytailor.db import Database, Queue
from storytailor.db.asset_records import AudioRecord, ContentRecord, PictureRecord
from storytailor.settings import Settings
from tests.api.conftest import Person, create_person, finish, opened, signed_meanwhile, token

STORIES = "/api/v1/stories"
A_TIME_BEFORE_TIME = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+23:59 {UUID(int=1)}".encode()).decode()


async def create(client: httpx.AsyncClient, person: Person, **changes: Any) -> str:
    answer = await client.post(STORIES, json=person.story_request(**changes), headers=person.headers)
    story_id: str = answer.json()["data"]["id"]
    return story_id


async def test_a_fresh_story_shows_what_was_asked_for(
    client: httpx.AsyncClient, settings: Settings, maya: Person
) -> None:
    story_id = await create(client, maya)
    async with signed_meanwhile(settings, "characters/maya.png") as photos:
        story = (await client.get(f"{STORIES}/{story_id}", headers=maya.headers)).json()["data"]

    assert story["title"] == "Untitled Story"
    assert story["story_type"] == "adventure"
    assert story["themes"] == ["courage", "friendship"]
    (photo,) = story["characters"][0]["reference_images"]
    assert photo in photos
    assert story["characters"] == [
        {
            "id": str(maya.character_id),
            "name": "Maya",
            "age": 7,
            "species": "human",
            "appearance": "Curly hair and a yellow coat",
            "traits": [],
            "reference_images": [photo],
        }
    ]
    assert story["content"] == {}
    assert story["audio_words"] is None
    assert story["realtimeChannel"] == f"stories:id={story_id}"
    assert "objects" not in story
    assert "webhook_url" not in story


async def test_a_made_story_shows_everything_a_reader_needs_and_what_it_cost_only_where_a_setting_says_so(
    client: httpx.AsyncClient, settings: Settings, maya: Person, database: Database
) -> None:
    story_id = await create(client, maya)
    queue = Queue(database)
    (lease,) = await queue.claim(in_flight=10)
    words = [{"txt": "Once", "start": 0.0, "end": 0.4}]
    usage = {"models": {"gpt-image-2": {"calls": 1, "output_tokens": 1756}}, "cost_usd": 0.05268}
    await queue.start(lease, "content")
    await queue.finish(
        lease, "content", ContentRecord(data={"words": 400}, content={"title": "The Lamp"}, title="The Lamp")
    )
    await queue.start(lease, "cover")
    await queue.finish(
        lease,
        "cover",
        PictureRecord(
            url=f"https://an.earlier.place/stories/{story_id}/cover-0123456789ab.png",
            objects={},
            colors=["#112233", "#445566", "#778899"],
            usage=usage,
        ),
    )
    await queue.start(lease, "audio")
    await queue.finish(
        lease, "audio", AudioRecord(url="https://a/a.mp3", objects={}, words=words, blocks={"a": "<p></p>"})
    )
    story = (await client.get(f"{STORIES}/{story_id}", headers=maya.headers)).json()["data"]

    assert story["title"] == "The Lamp"
    assert story["content"] == {"title": "The Lamp"}
    assert story["hue_extracted_colors"] == {"cover": ["#112233", "#445566", "#778899"]}
    assert story["audio_words"] == words
    assert story["audio_blocks"] == {"a": "<p></p>"}
    assert (story["usage"], story["cost_usd"]) == ({}, None)  # the operator's
    async with (
        opened(settings.model_copy(update={"show_usage": True})) as shown,
        signed_meanwhile(settings, f"stories/{story_id}/cover-0123456789ab.png") as urls,
    ):
        story = (await shown.get(f"{STORIES}/{story_id}", headers=maya.headers)).json()["data"]
    assert (story["usage"], story["cost_usd"]) == ({"cover": usage}, 0.05268)
    cover = story["asset_generation_status"]["assets"]["cover"]
    assert (cover["status"], cover["progress"]) == ("ready", 100)
    assert cover["url"] in urls
    assert cover["url"].startswith(f"https://assets.example/stories/{story_id}/cover-0123456789ab.png?expires=")
    assert story["asset_generation_started_at"] is not None


async def test_a_story_of_somebody_else_is_not_found(client: httpx.AsyncClient, maya: Person, stranger: Person) -> None:
    story_id = await create(client, maya)
    for path in (f"{STORIES}/{story_id}", f"{STORIES}/{story_id}/events"):
        theirs = await client.get(path, headers=stranger.headers)
        assert (theirs.status_code, theirs.json()["code"]) == (404, "STORY_NOT_FOUND")
    nobodys = await client.get(f"{STORIES}/{uuid4()}", headers=stranger.headers)
    assert nobodys.json()["code"] == "STORY_NOT_FOUND"


async def test_stories_are_listed_newest_first_page_by_page(
    client: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    made = [await create(client, maya) for _ in range(5)]
    await create(client, stranger)
    seen: list[str] = []
    cursor: str | None = None
    sizes = []
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        data = (await client.get(STORIES, params=query, headers=maya.headers)).json()["data"]
        sizes.append(len(data["items"]))
        seen += [item["id"] for item in data["items"]]
        cursor = data["nextCursor"]
        if cursor is None:
            break
        await create(client, maya)  # a new story does not shift the pages

    assert seen == list(reversed(made))
    assert sizes == [2, 2, 1]


async def test_stories_made_at_the_same_moment_are_each_listed_once(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    made = {await create(client, maya) for _ in range(4)}
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stories SET created_at = '2026-01-01T00:00:00Z'")
    first = (await client.get(STORIES, params={"limit": 3}, headers=maya.headers)).json()["data"]
    rest = (await client.get(STORIES, params={"limit": 3, "cursor": first["nextCursor"]}, headers=maya.headers)).json()[
        "data"
    ]

    listed = [item["id"] for item in first["items"] + rest["items"]]
    assert len(listed) == 4
    assert set(listed) == made


async def test_a_list_shows_where_each_story_stands_but_not_its_words(client: httpx.AsyncClient, maya: Person) -> None:
    await create(client, maya)
    (item,) = (await client.get(STORIES, headers=maya.headers)).json()["data"]["items"]

    assert item["asset_generation_status"]["overall"] == "generating"
    assert item["themes"] == ["courage", "friendship"]
    assert not {"content", "audio_words", "audio_blocks"} & item.keys()


async def test_the_list_can_be_narrowed_by_status(client: httpx.AsyncClient, maya: Person, database_url: str) -> None:
    ready, _ = [await create(client, maya) for _ in range(2)]
    finish(database_url, ready)
    data = (await client.get(STORIES, params={"status": "ready"}, headers=maya.headers)).json()["data"]

    assert [item["id"] for item in data["items"]] == [ready]
    assert data["items"][0]["asset_generation_completed_at"] is not None


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=x", "status=done", "stat=ready"),
        *("cursor=!!", "cursor=bm90IG91cnM=", f"cursor={A_TIME_BEFORE_TIME}"),
    ],
)
async def test_a_list_query_that_makes_no_sense_is_a_validation_error(
    client: httpx.AsyncClient, maya: Person, query: str
) -> None:
    answer = await client.get(f"{STORIES}?{query}", headers=maya.headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert answer.json()["data"][0]["where"] == f"query.{query.partition('=')[0]}"


async def test_characters_are_listed_with_urls_of_their_pictures(
    client: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    data = (await client.get("/api/v1/characters", headers=maya.headers)).json()["data"]

    assert data["nextCursor"] is None
    (character,) = data["items"]
    assert character["id"] == str(maya.character_id)
    (url,) = character["reference_images"]
    assert url.startswith("https://assets.example/characters/maya.png?expires=")
    assert character["library_id"] == str(maya.library_id)


async def test_libraries_are_the_callers_own(client: httpx.AsyncClient, maya: Person, stranger: Person) -> None:
    data = (await client.get("/api/v1/libraries", headers=maya.headers)).json()["data"]

    assert [(item["id"], item["name"]) for item in data["items"]] == [(str(maya.library_id), "Maya's books")]


async def test_me_tells_what_was_used_and_what_is_left(client: httpx.AsyncClient, database_url: str) -> None:
    child = create_person(database_url, credits=5)
    for _ in range(3):
        await create(client, child)
    me = (await client.get("/api/v1/me", headers=child.headers)).json()["data"]

    assert me == {"id": str(child.id), "tier": "free", "storiesUsed": 3, "storyLimit": 7, "credits": 4}


async def test_somebody_new_has_the_free_tier(client: httpx.AsyncClient) -> None:
    somebody = uuid4()
    headers = {"Authorization": f"Bearer {token(somebody)}"}
    me = (await client.get("/api/v1/me", headers=headers)).json()["data"]

    assert me == {"id": str(somebody), "tier": "free", "storiesUsed": 0, "storyLimit": 2, "credits": 0}


async def test_a_row_from_elsewhere_without_a_brief_can_be_read(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO stories (library_id, creator_user_id, title, content) VALUES (%s, %s, 'Old', %s)",
            (maya.library_id, maya.id, Jsonb(None)),
        )
    (item,) = (await client.get(STORIES, headers=maya.headers)).json()["data"]["items"]
    story = await client.get(f"{STORIES}/{item['id']}", headers=maya.headers)

    assert (item["title"], item["story_type"]) == ("Old", None)
    assert story.status_code == 200
