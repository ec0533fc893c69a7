"""A story is read by its link without a token, as a reader sees it, until its owner takes the link back."""

from __future__ import annotations

import logging
import time
from typing import Any

import httpx
import psycopg
import pytest

from storytailor.db import Database, Queue
from storytailor.db.asset_records import AudioRecord, ContentRecord, DataRecord, FileRecord, PictureRecord
from tests.api.conftest import Person

STORIES = "/api/v1/stories"
FILES = "https://assets.example/stories"
GUESSES = ["x", "A" * 43, "0" * 4000, "%00", "..%2f..%2fme", "%F0%9F%94%91", "null"]


async def asked_for(client: httpx.AsyncClient, person: Person, **changes: Any) -> str:
    answer = await client.post(STORIES, json=person.story_request(**changes), headers=person.headers)
    story_id: str = answer.json()["data"]["id"]
    return story_id


async def share(client: httpx.AsyncClient, person: Person, story_id: str) -> httpx.Response:
    return await client.post(f"{STORIES}/{story_id}/share", headers=person.headers)


async def link_to(client: httpx.AsyncClient, person: Person, story_id: str) -> str:
    url: str = (await share(client, person, story_id)).json()["data"]["url"]
    return url


async def make(database: Database, story_id: str) -> None:
    """The story that waits, made as workers make one."""
    queue, files = Queue(database), f"{FILES}/{story_id}/"
    (lease,) = await queue.claim(in_flight=10)
    written = {
        "title": "The Lamp", "dedication": "For Maya", "moral": "Light is shared.",
        "beats": [{"text": "Once there was a lamp.", "seen": "a girl with curly hair and a yellow coat"}],
    }  # fmt: skip
    picture = {"attempts": 2, "alt": "A lamp.", "fallback": False, "verdicts": ["curly hair is missing"]}
    made = {
        "content": ContentRecord(data={"title": "The Lamp", "words": 400}, content=written, title="The Lamp"),
        "palette": DataRecord(data={"motif": "Light"}),
        **{
            name: PictureRecord(
                url=f"{files}{name}.png", objects={}, colors=["#112233"] * 3, metadata=picture, usage={"cost_usd": 0.05}
            )
            for name in ("cover", "scene_1", "scene_2", "scene_3", "scene_4")
        },
        "audio": AudioRecord(
            url=f"{files}audio.mp3", objects={}, blocks={"a": "<p><span data-w=\"0\">Once</span></p>"},
            words=[{"txt": "Once", "start": 0.0, "end": 0.4}], metadata={"seconds": 61.5},
        ),
        "activities": DataRecord(data={"questions": []}),
        "pdf": FileRecord(url=f"{files}story.pdf", objects={}, metadata={"printUrl": f"{files}print.pdf"}),
        "epub": FileRecord(url=f"{files}story.epub", objects={}),
    }  # fmt: skip
    for asset, record in made.items():
        await queue.start(lease, asset)  # type: ignore[arg-type]
        await queue.finish(lease, asset, record)  # type: ignore[arg-type]


async def test_a_link_opens_the_whole_book_without_a_token(
    client: httpx.AsyncClient, maya: Person, database: Database
) -> None:
    story_id = await asked_for(client, maya)
    await make(database, story_id)
    answer = await client.get(await link_to(client, maya, story_id))

    assert answer.status_code == 200, answer.text
    story = answer.json()["data"]
    assert (story["title"], story["status"], story["language"]) == ("The Lamp", "ready", "en")
    assert (story["dedication"], story["moral"]) == ("For Maya", "Light is shared.")
    assert story["audio_words"] == [{"txt": "Once", "start": 0.0, "end": 0.4}]
    assert "Once" in story["audio_blocks"]["a"]
    assert story["texts"] == ["Once there was a lamp."]
    assets = story["asset_generation_status"]["assets"]
    assert story["asset_generation_status"]["overall"] == "ready"
    urls = {name: asset["url"].partition("?")[0] for name, asset in assets.items() if asset.get("url")}
    files = f"{FILES}/{story_id}/"
    assert urls == {
        "cover": f"{files}cover.png", **{f"scene_{n}": f"{files}scene_{n}.png" for n in (1, 2, 3, 4)},
        "audio": f"{files}audio.mp3", "pdf": f"{files}story.pdf", "epub": f"{files}story.epub",
    }  # fmt: skip
    assert assets["cover"]["metadata"] == {"alt": "A lamp.", "fallback": False}
    assert assets["pdf"]["metadata"]["printUrl"].startswith(f"{files}print.pdf")
    assert assets["activities"]["data"] == {"questions": []}


async def test_the_urls_of_files_in_a_shared_story_end_within_five_minutes(
    client: httpx.AsyncClient, maya: Person, database: Database
) -> None:
    story_id = await asked_for(client, maya)
    await make(database, story_id)
    shared = (await client.get(await link_to(client, maya, story_id))).json()["data"]["asset_generation_status"][
        "assets"
    ]

    urls = [asset["url"] for asset in shared.values() if asset.get("url")] + [shared["pdf"]["metadata"]["printUrl"]]
    assert len(urls) == 9
    for url in urls:
        left = int(httpx.URL(url).params["expires"]) - time.time()
        assert 0 < left <= 300, url


async def test_a_reader_learns_nothing_of_the_family_the_request_or_how_the_book_was_made(
    client: httpx.AsyncClient, maya: Person, database: Database, database_url: str
) -> None:
    story_id = await asked_for(client, maya)
    await make(database, story_id)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stories SET webhook_url = 'https://hooks.example/secret'")
    text = (await client.get(await link_to(client, maya, story_id))).text

    for hidden in (
        str(maya.id), str(maya.character_id), str(maya.library_id), "yellow coat", "curly hair", "courage",
        "hooks.example", "cost_usd", "usage", "attempts", "verdicts", "reference", "brief", "error",
    ):  # fmt: skip
        assert hidden not in text, hidden


async def test_a_link_ends_when_it_is_taken_back_and_the_next_is_another(
    client: httpx.AsyncClient, maya: Person
) -> None:
    story_id = await asked_for(client, maya)
    link = await link_to(client, maya, story_id)
    assert (await client.get(link)).status_code == 200
    taken = [await client.delete(f"{STORIES}/{story_id}/share", headers=maya.headers) for _ in range(2)]
    assert [answer.status_code for answer in taken] == [204, 204]

    gone = await client.get(link)
    assert (gone.status_code, gone.json()["code"]) == (404, "STORY_NOT_FOUND")
    other = await link_to(client, maya, story_id)
    assert other != link
    assert (await client.get(link)).status_code == 404
    assert (await client.get(other)).status_code == 200


async def test_a_link_ends_with_its_story(client: httpx.AsyncClient, maya: Person) -> None:
    story_id = await asked_for(client, maya)
    link = await link_to(client, maya, story_id)
    await client.delete(f"{STORIES}/{story_id}", headers=maya.headers)

    gone = await client.get(link)
    assert (gone.status_code, gone.json()["code"]) == (404, "STORY_NOT_FOUND")


async def test_a_story_has_one_link_which_is_given_again(client: httpx.AsyncClient, maya: Person) -> None:
    story_id = await asked_for(client, maya)
    first, again = await share(client, maya, story_id), await share(client, maya, story_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["data"] == again.json()["data"]
    assert first.json()["data"].keys() == {"url", "createdAt"}


async def test_its_owner_sees_whether_a_story_is_shared(client: httpx.AsyncClient, maya: Person) -> None:
    story_id = await asked_for(client, maya)

    async def shared_at() -> str | None:
        since: str | None = (await client.get(f"{STORIES}/{story_id}", headers=maya.headers)).json()["data"][
            "shared_at"
        ]
        return since

    assert await shared_at() is None
    created = (await share(client, maya, story_id)).json()["data"]["createdAt"]
    assert await shared_at() == created
    await client.delete(f"{STORIES}/{story_id}/share", headers=maya.headers)
    assert await shared_at() is None


async def test_nobody_shares_or_stops_sharing_somebody_elses_story(
    client: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    story_id = await asked_for(client, maya)
    link = await link_to(client, maya, story_id)
    for answer in (
        await share(client, stranger, story_id),
        await client.delete(f"{STORIES}/{story_id}/share", headers=stranger.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "STORY_NOT_FOUND")
    assert (await client.get(link)).status_code == 200


@pytest.mark.parametrize("guess", GUESSES)
async def test_a_guess_opens_nothing(client: httpx.AsyncClient, maya: Person, guess: str) -> None:
    await link_to(client, maya, await asked_for(client, maya))
    answer = await client.get(f"/api/v1/shared/{guess}")

    assert (answer.status_code, answer.json()["success"]) == (404, False)


async def test_what_the_database_keeps_opens_nothing(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    link = await link_to(client, maya, await asked_for(client, maya))
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("SELECT encode(salt, 'hex'), encode(token_hash, 'hex'), s::text FROM story_shares s")
        salt, token_hash, row = kept.fetchall()[0]
    token = link.rpartition("/")[2]

    assert token not in row
    for guess in (salt, token_hash):
        assert (await client.get(link.replace(token, guess))).status_code == 404


async def test_with_another_secret_a_link_goes_on_and_its_owner_is_given_a_new_one(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    story_id = await asked_for(client, maya)
    link = await link_to(client, maya, story_id)
    with psycopg.connect(database_url) as connection:  # as a row of another key looks
        connection.execute("UPDATE story_shares SET salt = sha256('another')")
    assert (await client.get(link)).status_code == 200
    anew = await share(client, maya, story_id)

    assert anew.status_code == 201
    assert (await client.get(link)).status_code == 404
    assert (await client.get(anew.json()["data"]["url"])).status_code == 200


async def test_no_search_engine_cache_or_other_site_is_told_of_a_link(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await client.get(await link_to(client, maya, await asked_for(client, maya)))

    told = {name: answer.headers[name] for name in ("X-Robots-Tag", "Referrer-Policy", "Cache-Control")}
    assert told == {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


async def test_no_log_of_ours_has_the_token_when_the_story_cannot_be_read(
    client: httpx.AsyncClient, maya: Person, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    link = await link_to(client, maya, await asked_for(client, maya))
    with psycopg.connect(database_url) as connection:
        connection.execute("DROP FUNCTION shared_story")
    answer = await client.get(link)

    assert answer.status_code == 500
    ours = "\n".join(logging.Formatter().format(line) for line in caplog.records if line.name != "httpx")
    assert "GET /api/v1/shared/…" in ours
    assert link.rpartition("/")[2] not in ours + answer.text
