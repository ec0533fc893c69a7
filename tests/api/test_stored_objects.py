"""Files of a folder, served to whoever was given a URL of them for as long as it holds."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import httpx
import pytest

from storytailor.providers.object_store import Folder, ObjectUrls, folder_signer, open_urls
from storytailor.settings import Settings
from tests.api.conftest import opened, signed_path

KEY = "stories/01234567-89ab-cdef-0123-456789abcdef/audio-0123456789ab.mp3"
OTHER = KEY.replace("audio", "cover").replace(".mp3", ".png")
PHOTO = "characters/01234567-89ab-cdef-0123-456789abcdef/reference-0123456789ab.png"
BODY = bytes(range(200))


@pytest.fixture(autouse=True)
async def stored(settings: Settings) -> None:
    for key in (KEY, OTHER, PHOTO):
        await Folder(settings.assets_folder).put(key, BODY)
    (settings.assets_folder.parent / "secret.txt").write_text("not yours")


@pytest.fixture
async def path(settings: Settings) -> str:
    return await signed_path(settings, KEY)


def check_refused(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (403, "URL_ENDED")
    assert "Fetch the story or the character again" in answer.json()["message"]
    assert "public" not in answer.headers.get("Cache-Control", "")


async def test_a_stored_object_is_served_for_its_reader_alone(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["Cache-Control"] == "private, max-age=3600, immutable"
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_player_can_ask_for_a_range_and_for_the_headers(client: httpx.AsyncClient, path: str) -> None:
    part = await client.get(path, headers={"Range": "bytes=10-19"})
    head = await client.head(path)

    assert (part.status_code, part.content) == (206, BODY[10:20])
    assert part.headers["Content-Range"] == "bytes 10-19/200"
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "200")


async def test_what_has_not_changed_is_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("key", [KEY, PHOTO, "stories/x/not-there.png", "stories"])
async def test_without_a_signature_nothing_opens_and_nothing_is_told(client: httpx.AsyncClient, key: str) -> None:
    ranged = {"Range": "bytes=0-9"}
    check_refused(await client.get(f"/assets/{key}"))
    check_refused(await client.get(f"/assets/{key}", headers=ranged))
    check_refused(await client.get(f"/assets/{key}?expires={int(time.time()) + 60}&signature="))
    assert (await client.head(f"/assets/{key}")).status_code == 403


async def test_a_signature_opens_its_own_object_for_its_own_time_only(client: httpx.AsyncClient, path: str) -> None:
    expires = int(re.findall(r"expires=(\d+)", path)[0])
    wrong = [
        path.replace(KEY, OTHER),
        path.replace(KEY, PHOTO),
        path.replace(f"expires={expires}", f"expires={expires + 60}"),
        path.replace(f"expires={expires}", f"expires=0{expires}x"),
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("&signature=", "&signature=%C3%BC"),
    ]
    assert (await client.get(path)).status_code == 200
    for changed in wrong:
        assert changed != path
        check_refused(await client.get(changed))


async def test_a_url_ends(client: httpx.AsyncClient, settings: Settings) -> None:
    signer, now = folder_signer(settings), int(time.time())
    ending, ended = (signer.sign(KEY, None, now + by, 600) for by in (-540, -601))
    assert (await client.get("/assets/" + ending.removeprefix(settings.assets_url))).status_code == 200
    check_refused(await client.get("/assets/" + ended.removeprefix(settings.assets_url)))


async def test_a_url_of_another_secret_opens_nothing(client: httpx.AsyncClient, settings: Settings) -> None:
    other = Settings(_env_file=None, url_secret="another-secret-of-thirty-two-bytes-or-more")
    check_refused(await client.get(await signed_path(other, KEY)))


async def test_a_url_stays_the_same_for_half_its_life_and_is_never_given_out_with_less(settings: Settings) -> None:
    clock = [1_800_000_000.0]
    urls = ObjectUrls(folder_signer(settings), 1800, clock=lambda: clock[0])
    given: dict[float, str] = {}
    for clock[0] in (1_800_000_000.0, 1_800_000_899.0, 1_800_000_900.0):
        given[clock[0]] = (await urls.current())(KEY)
    first, late, new = given.values()
    assert first == late != new
    assert [int(re.findall(r"expires=(\d+)", url)[0]) - at for at, url in given.items()] == [1800, 901, 1800]


async def test_where_books_are_public_a_book_opens_by_its_key_and_a_childs_photo_does_not(settings: Settings) -> None:
    public = settings.model_copy(update={"assets_access": "public"})
    async with opened(public) as client:
        book = await client.get(f"/assets/{KEY}")
        photo, by_a_detour = await client.get(f"/assets/{PHOTO}"), await client.get(f"/assets/stories/%2e%2e/{PHOTO}")
        signed = await client.get(await signed_path(public, PHOTO))
    url_of = await open_urls(public).current()

    assert (book.status_code, book.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert (signed.status_code, signed.headers["Cache-Control"]) == (200, "private, max-age=3600, immutable")
    assert (url_of(KEY), "?expires=" in url_of(PHOTO)) == (f"https://assets.example/{KEY}", True)
    check_refused(photo)
    check_refused(by_a_detour)


async def test_what_a_killed_process_had_half_written_of_a_public_book_is_served_to_nobody(settings: Settings) -> None:
    draft = f"{KEY}.{uuid4().hex}"
    (settings.assets_folder / draft).write_bytes(BODY[:100])
    async with opened(settings.model_copy(update={"assets_access": "public"})) as client:
        check_refused(await client.get(f"/assets/{draft}"))


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "%2e%2e/secret.txt", "stories/..%2f..%2f..%2fsecret.txt", "%00", "stories", "a" * 300],
)
@pytest.mark.parametrize("access", ["signed", "public"])
async def test_no_path_leads_out_of_the_folder(settings: Settings, path: str, access: str) -> None:
    async with opened(settings.model_copy(update={"assets_access": access})) as client:
        answer = await client.get(f"http://api/assets/{path}")

    assert (answer.status_code, answer.json()["code"]) in ((403, "URL_ENDED"), (404, "NOT_FOUND"))
    assert "not yours" not in answer.text


@pytest.mark.parametrize("key", ["../secret.txt", "stories", "stories/../../secret.txt", "stories/x/none.png"])
async def test_not_even_a_signature_leads_out_of_the_folder(
    client: httpx.AsyncClient, settings: Settings, key: str
) -> None:
    signed = (await signed_path(settings, key)).replace("..", "%2e%2e")
    answer = await client.get(f"http://api{signed}")

    assert answer.status_code in (403, 404)
    assert "not yours" not in answer.text
