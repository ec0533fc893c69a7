from __future__ import annotations

import httpx
import pytest

from storytailor.providers.object_store import Folder
from storytailor.settings import Settings

KEY = "stories/01234567-89ab-cdef-0123-456789abcdef/audio-0123456789ab.mp3"
BODY = bytes(range(200))


@pytest.fixture(autouse=True)
async def stored(settings: Settings) -> None:
    await Folder(settings.assets_folder).put(KEY, BODY)
    (settings.assets_folder.parent / "secret.txt").write_text("not yours")


async def test_a_stored_object_is_served_to_be_kept_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/assets/{KEY}")

    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_player_can_ask_for_a_range_and_for_the_headers(client: httpx.AsyncClient) -> None:
    part = await client.get(f"/assets/{KEY}", headers={"Range": "bytes=10-19"})
    head = await client.head(f"/assets/{KEY}")

    assert (part.status_code, part.content) == (206, BODY[10:20])
    assert part.headers["Content-Range"] == "bytes 10-19/200"
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "200")


async def test_what_has_not_changed_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get(f"/assets/{KEY}")
    again = await client.get(f"/assets/{KEY}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "%2e%2e/secret.txt", "stories/..%2f..%2f..%2fsecret.txt", "%00", "stories", "a" * 300],
)
async def test_no_path_leads_out_of_the_folder(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"http://api/assets/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
