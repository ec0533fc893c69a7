from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.api.conftest import Person, create_person

STORIES = "/api/v1/stories"


async def test_a_story_is_answered_at_once_with_the_seeds_data(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)

    assert answer.status_code == 201
    data = answer.json()["data"]
    story_id = UUID(data["id"])
    waiting = {"status": "pending", "progress": 0}
    later = [
        "palette",
        "cover",
        "scene_1",
        "scene_2",
        "scene_3",
        "scene_4",
        "audio",
        "activities",
        "pdf",
        "epub",
    ]
    assert answer.json() == {
        "success": True,
        "data": {
            "id": str(story_id),
            "status": "generating",
            "asset_generation_status": {
                "overall": "generating",
                "assets": {"content": {"status": "generating", "progress": 0}} | dict.fromkeys(later, waiting),
            },
            "realtimeChannel": f"stories:id={story_id}",
        },
    }
    assert list(data["asset_generation_status"]["assets"]) == ["content", *later]


async def test_a_story_queues_a_job_for_each_asset(client: httpx.AsyncClient, maya: Person, database_url: str) -> None:
    answer = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)

    with psycopg.connect(database_url) as connection:
        jobs = connection.execute(
            "SELECT asset_type FROM asset_generation_jobs WHERE story_id = %s AND status = 'queued'",
            (answer.json()["data"]["id"],),
        ).fetchall()
    assert {name for (name,) in jobs} == set(answer.json()["data"]["asset_generation_status"]["assets"])


async def test_without_assets_only_the_words_are_made(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await client.post(STORIES, json=maya.story_request(generateAssets=False), headers=maya.headers)

    assert list(answer.json()["data"]["asset_generation_status"]["assets"]) == ["content", "palette"]


async def test_everything_that_may_be_asked_for_is_kept(client: httpx.AsyncClient, maya: Person) -> None:
    request = maya.story_request(
        title="  Maya and the Lighthouse ",
        library_id=str(maya.library_id),
        age=9,
        language="pt-BR",
        voice_id="EXAVITQu4vr4xnSDxMaL",
        webhook_url="https://example.org/hook",
    )
    created = await client.post(STORIES, json=request, headers=maya.headers)
    answer = await client.get(f"{STORIES}/{created.json()['data']['id']}", headers=maya.headers)

    story = answer.json()["data"]
    assert story["title"] == "Maya and the Lighthouse"
    assert (story["age"], story["language"], story["voice_id"]) == (9, "pt-BR", "EXAVITQu4vr4xnSDxMaL")
    assert story["library_id"] == str(maya.library_id)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"age": True}, "body.age"),
        ({"themes": ["a\u0085b"]}, "body.themes.0"),
        ({"story_type": "horror"}, "body.story_type"),
        ({"themes": []}, "body.themes"),
        ({"themes": ["a", "b", "c", "d", "e", "f"]}, "body.themes"),
        ({"themes": ["   "]}, "body.themes.0"),
        ({"themes": ["x" * 61]}, "body.themes.0"),
        ({"themes": ["nul\x00byte"]}, "body.themes.0"),
        ({"character_ids": []}, "body.character_ids"),
        ({"character_ids": [str(uuid4()) for _ in range(6)]}, "body.character_ids"),
        ({"character_ids": [str(UUID(int=7))] * 2}, "body.character_ids"),
        ({"character_ids": ["maya"]}, "body.character_ids.0"),
        ({"generateAssets": "yes"}, "body.generateAssets"),
        ({"age": 1}, "body.age"),
        ({"age": 13}, "body.age"),
        ({"age": "6"}, "body.age"),
        ({"language": "English, please"}, "body.language"),
        ({"language": "en-US-US"}, "body.language"),
        ({"language": "en-abcd-efgh"}, "body.language"),
        ({"language": "km"}, "body.language"),
        ({"title": "\u2060"}, "body.title"),
        ({"title": "🦄🦄"}, "body.title"),
        ({"title": "ਜੰਗਲ ਦੀ ਲਾਲਟੈਣ"}, "body.title"),
        ({"themes": ["\u200b"]}, "body.themes.0"),
        ({"themes": ["courage", "ᎤᎵᎮᎵᏍᏗ"]}, "body.themes.1"),
        ({"voice_id": "../../v1/voices"}, "body.voice_id"),
        ({"webhook_url": "file:///etc/passwd"}, "body.webhook_url"),
        ({"priority": "urgent"}, "body.priority"),
        ({"generate_assets": False}, "body.generate_assets"),
    ],
)
async def test_a_request_that_is_not_as_documented_says_where(
    client: httpx.AsyncClient, maya: Person, change: dict[str, object], where: str
) -> None:
    answer = await client.post(STORIES, json=maya.story_request(**change), headers=maya.headers)

    assert answer.status_code == 422
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert [fault["where"] for fault in answer.json()["data"]] == [where]
    assert all(fault["what"] for fault in answer.json()["data"])


async def test_a_title_that_no_typeface_can_print_costs_nothing_and_says_which_letters(
    client: httpx.AsyncClient, maya: Person
) -> None:
    before = (await client.get("/api/v1/me", headers=maya.headers)).json()["data"]
    answer = await client.post(STORIES, json=maya.story_request(title="ឆ្មា"), headers=maya.headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert "no typeface has ឆ ្ ម ា (Khmer)" in answer.json()["message"]
    assert (await client.get("/api/v1/me", headers=maya.headers)).json()["data"] == before


async def test_a_field_name_that_is_no_unicode_is_refused_like_any_other(
    client: httpx.AsyncClient, maya: Person
) -> None:
    answer = await client.post(
        STORIES,
        content=b'{"\\ud800": 1, "themes": ["\\ud800"]}',
        headers=maya.headers | {"Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("body", [b"{", b"", b"[" * 50_000, b'{"age": ' + b"9" * 5_000 + b"}", b"\xff\xfe{}", b"7"])
async def test_a_body_that_is_no_json_object_is_a_validation_error(
    client: httpx.AsyncClient, maya: Person, body: bytes
) -> None:
    headers = maya.headers | {"Content-Type": "application/json"}
    answer = await client.post(STORIES, content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


async def test_a_character_of_somebody_else_is_not_found(
    client: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    request = maya.story_request(character_ids=[str(maya.character_id), str(stranger.character_id)])
    answer = await client.post(STORIES, json=request, headers=maya.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "CHARACTER_NOT_FOUND")
    assert answer.json()["data"] == {"id": str(stranger.character_id)}


async def test_a_character_who_is_not_there_is_to_be_created_first_and_costs_nothing(
    client: httpx.AsyncClient, maya: Person
) -> None:
    nobody = str(uuid4())
    before = (await client.get("/api/v1/me", headers=maya.headers)).json()["data"]
    answer = await client.post(STORIES, json=maya.story_request(character_ids=[nobody]), headers=maya.headers)

    assert answer.status_code == 404
    assert answer.json() == {
        "success": False,
        "error": "Character not found",
        "code": "CHARACTER_NOT_FOUND",
        "message": f"There is no character {nobody}. Create one first.",
        "data": {"id": nobody},
    }
    assert (await client.get("/api/v1/me", headers=maya.headers)).json()["data"] == before


async def test_a_library_of_somebody_else_is_not_found(
    client: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    request = maya.story_request(library_id=str(stranger.library_id))
    answer = await client.post(STORIES, json=request, headers=maya.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "LIBRARY_NOT_FOUND")


async def test_the_third_free_story_is_refused_with_the_seeds_data(
    client: httpx.AsyncClient, database_url: str
) -> None:
    child = create_person(database_url)
    for _ in range(2):
        assert (await client.post(STORIES, json=child.story_request(), headers=child.headers)).status_code == 201
    answer = await client.post(STORIES, json=child.story_request(), headers=child.headers)

    assert answer.status_code == 403
    assert answer.json() == {
        "success": False,
        "error": "Quota exceeded",
        "code": "QUOTA_EXCEEDED",
        "message": "You've reached your story limit. Upgrade to create more stories.",
        "data": {
            "tier": "free",
            "storiesUsed": 2,
            "storyLimit": 2,
            "upgradeOptions": ["individual", "story_pack_5"],
        },
    }


async def test_twelve_requests_at_once_get_no_more_than_the_two_stories_left(
    client: httpx.AsyncClient, database_url: str
) -> None:
    child = create_person(database_url)
    answers = await asyncio.gather(
        *(client.post(STORIES, json=child.story_request(), headers=child.headers) for _ in range(12))
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [403] * 10
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (2,)


async def test_a_refused_story_leaves_nothing_behind(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    request = maya.story_request(character_ids=[str(uuid4())])
    await client.post(STORIES, json=request, headers=maya.headers | {"Idempotency-Key": "once"})

    with psycopg.connect(database_url) as connection:
        left = connection.execute(
            "SELECT id::text FROM stories UNION ALL SELECT id::text FROM asset_generation_jobs"
            " UNION ALL SELECT id::text FROM credit_ledger UNION ALL SELECT key FROM idempotency_keys"
        ).fetchall()
    assert left == []
