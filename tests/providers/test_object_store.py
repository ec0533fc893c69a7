"""One conformance suite for both stores: a folder, and a bucket on a real S3 server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from storytailor.errors import ObjectMissingError, PermanentError, ServiceUnavailableError, SettingsError
from storytailor.providers.object_store import Bucket, Folder, ObjectStore, is_draft, object_key, open_store
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from tests.aws import bucket_at, client_of

STORY = UUID(int=7)


@pytest.fixture(params=["folder", "bucket"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return Folder(tmp_path)
    request.getfixturevalue("aws_credentials")
    return bucket_at(request.getfixturevalue("s3_url"), "storytailor-tests")


async def test_what_is_put_can_be_got_and_deleted(store: ObjectStore) -> None:
    key = object_key(STORY, "cover", b"picture", "png")
    await store.put(key, b"picture")
    assert await store.get(key) == b"picture"
    await store.delete([key])
    with pytest.raises(ObjectMissingError):
        await store.get(key)


async def test_deleting_what_is_not_there_is_no_error(store: ObjectStore) -> None:
    await store.delete([object_key(STORY, "cover", b"never", "png")])
    await store.delete([])


async def test_putting_again_replaces(store: ObjectStore) -> None:
    await store.put("stories/x/a.png", b"one")
    await store.put("stories/x/a.png", b"two")
    assert await store.get("stories/x/a.png") == b"two"


async def test_keys_are_listed_by_how_they_begin(store: ObjectStore) -> None:
    keys = ["listed/a/x-1.png", "listed/a/x-2.png", "listed/a/y-1.png", "listed/ab/x-1.png"]
    for key in keys:
        await store.put(key, b"picture")
    found = {
        beginning: [key async for listed in store.keys(beginning) for key in listed]
        for beginning in ("listed/", "listed/a/x", "listed/none/")
    }
    assert found == {"listed/": keys, "listed/a/x": keys[:2], "listed/none/": []}


async def test_a_store_that_works_passes_its_check(store: ObjectStore) -> None:
    await store.check()


async def test_books_of_a_public_bucket_are_served_with_their_type_and_a_years_cache(
    s3_url: str, aws_credentials: None
) -> None:
    client = client_of(s3_url)
    bucket = Bucket("storytailor-tests", client, books_are_public=True)
    for _ in range(2):  # the second time it is there already: nothing to do
        make_bucket("storytailor-tests", client, public_read=True)
    await bucket.put("stories/x/story.epub", b"book")
    async with httpx.AsyncClient() as reader:
        answer = await reader.get(f"{s3_url}/storytailor-tests/stories/x/story.epub")
    assert answer.headers["content-type"] == "application/epub+zip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_missing_bucket_is_named_with_what_to_do(s3_url: str, aws_credentials: None) -> None:
    with pytest.raises(ServiceUnavailableError, match=r"no-such-bucket.*`storytailor bucket` makes it"):
        await Bucket("no-such-bucket", client_of(s3_url)).check()


async def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceUnavailableError, match="ASSETS_DIR"):
        await Folder(tmp_path / "file" / "assets").check()


async def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leads out"):
        await Folder(tmp_path / "assets").get("../secrets")


def test_a_key_changes_with_its_bytes() -> None:
    one, two = (object_key(STORY, "cover", body, "png") for body in (b"1", b"2"))
    assert one != two
    assert one.startswith(f"stories/{STORY}/cover-")
    assert len(one.rpartition("-")[2]) == 12 + len(".png")


def test_a_bucket_without_a_public_url_is_refused() -> None:
    with pytest.raises(SettingsError, match="ASSETS_BASE_URL"):
        open_store(Settings(_env_file=None, assets_bucket="books"))


PORTRAIT = f"characters/{STORY}/portrait-0123456789ab.png"
PUT_AND_DIE = """
import asyncio, os, pathlib, sys
from storytailor.providers.object_store import Folder
pathlib.Path.replace = lambda *paths: os._exit(9)
asyncio.run(Folder(pathlib.Path(sys.argv[1])).put(sys.argv[2], b"a child's picture"))
"""


@pytest.fixture
def half_written(tmp_path: Path) -> Path:
    """What a process that was killed while it stored PORTRAIT has left."""
    killed = subprocess.run([sys.executable, "-c", PUT_AND_DIE, str(tmp_path), PORTRAIT], check=False)
    assert killed.returncode == 9
    (left,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    return left


@pytest.mark.parametrize("prefix", [PORTRAIT, f"characters/{STORY}/portrait-", f"characters/{STORY}/"])
async def test_what_a_killed_process_had_half_written_is_no_object_and_goes_with_all_that_begins_as_it_does(
    tmp_path: Path, half_written: Path, prefix: str
) -> None:
    assert is_draft(half_written.name)
    with pytest.raises(ObjectMissingError):
        await Folder(tmp_path).get(PORTRAIT)
    await Folder(tmp_path).delete_below(prefix)
    assert not await asyncio.to_thread(half_written.exists)


async def test_a_file_that_cannot_be_deleted_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "stories" / "x").mkdir(parents=True)  # a folder where a file should be
    with pytest.raises(PermanentError, match="could not be removed") as failed:
        await Folder(tmp_path).delete(["stories/x"])
    assert "Set ASSETS_DIR to a writable folder." in failed.value.remedy


@pytest.fixture
def s3_that_denies(aws_credentials: None) -> Iterator[str]:
    """A server that answers 200 to a deletion, and inside it that one object was denied, as S3 does."""
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"<Error><Key>stories/x/a.png</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        b"</DeleteResult>"
    )

    class Denier(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Denier) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_deletion_that_was_denied_inside_a_200_is_no_success(s3_that_denies: str) -> None:
    client = client_of(s3_that_denies)
    with pytest.raises(PermanentError) as denied:
        await Bucket("books", client).delete(["stories/x/a.png"])
    assert "1 objects of bucket books could not be removed: AccessDenied." in denied.value.remedy
    assert "s3:DeleteObject" in denied.value.remedy
    client.close()


async def test_objects_go_over_tls_to_a_server_whose_certificate_is_trusted(s3_tls_url: str) -> None:
    bucket = bucket_at(s3_tls_url, "over-tls")
    await bucket.put("stories/x/a.png", b"picture")
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{s3_tls_url}/over-tls/stories/x/a.png")
    assert answer.content == b"picture"
