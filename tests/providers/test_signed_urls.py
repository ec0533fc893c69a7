"""Signed URLs of a bucket on a real S3 server, which checks every signature: who can read what, and until when."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from storytailor.derived_keys import derived_key
from storytailor.errors import ServiceUnavailableError, SettingsError
from storytailor.providers.object_store import Bucket, ObjectUrls, open_urls
from storytailor.providers.object_store.making import make_bucket
from storytailor.providers.object_store.presigned import bucket_signer
from storytailor.settings import Settings
from tests.aws import client_of

NAME = "private-books"
BOOK, PHOTO = "stories/x/audio-0123456789ab.mp3", "characters/x/reference-0123456789ab.png"
BODY = bytes(range(200))
LONG = SecretStr("a-secret-of-thirty-two-bytes-or-more-for-jwt")


def settings_for(s3_url: str, **more: Any) -> Settings:
    """Settings of an API that knows families by a published key, and has no secret of its own."""
    at = {"assets_bucket": NAME, "aws_endpoint_url_s3": s3_url, "assets_base_url": f"{s3_url}/{NAME}"}
    return Settings(_env_file=None, **(at | more))


@pytest.fixture
async def s3(s3_url: str, aws_credentials: None) -> str:
    """A server with our private bucket."""
    client = client_of(s3_url)
    make_bucket(NAME, client)
    for key in (BOOK, PHOTO):
        await Bucket(NAME, client).put(key, BODY)
    return s3_url


async def url_of(settings: Settings, key: str) -> str:
    return (await open_urls(settings).current())(key)


async def test_an_object_of_a_bucket_is_read_by_a_signed_url_and_by_no_other(s3: str) -> None:
    url = await url_of(settings_for(s3), BOOK)
    async with httpx.AsyncClient() as reader:
        whole = await reader.get(url)
        part = await reader.get(url, headers={"Range": "bytes=10-19"})
        refused = [
            await reader.get(url.partition("?")[0]),
            await reader.get(url.replace(BOOK, PHOTO)),
            await reader.get(url.replace("X-Amz-Expires=1800", "X-Amz-Expires=9999")),
        ]
    assert (whole.status_code, whole.content) == (200, BODY)
    assert whole.headers["cache-control"] == "private, max-age=3600, immutable"
    assert (part.status_code, part.content) == (206, BODY[10:20])
    assert [answer.status_code for answer in refused] == [403] * 3


async def test_a_url_of_a_bucket_ends(s3: str) -> None:
    signer, now = bucket_signer(settings_for(s3), NAME), int(time.time())
    credentials = await signer.credentials()
    ending, ended = (signer.sign(BOOK, credentials, now + by, 600) for by in (-540, -602))
    async with httpx.AsyncClient() as reader:
        assert [(await reader.get(url)).status_code for url in (ending, ended)] == [200, 403]


async def test_a_url_of_a_bucket_stays_the_same_for_half_its_life(s3: str) -> None:
    clock = [1_800_000_000.0]
    urls = ObjectUrls(bucket_signer(settings_for(s3), NAME), 1800, clock=lambda: clock[0])
    given = []
    for clock[0] in (1_800_000_000.0, 1_800_000_899.0, 1_800_000_900.0):
        given.append((await urls.current())(BOOK))
    assert given[0] == given[1] != given[2]
    assert parse_qs(urlsplit(given[0]).query)["X-Amz-Date"] == ["20270115T080000Z"]


async def test_where_books_are_public_a_cdn_reads_them_and_a_photo_is_read_at_the_bucket_with_a_signature(
    s3: str,
) -> None:
    make_bucket(NAME, client_of(s3), public_read=True)
    settings = settings_for(s3, assets_base_url="https://cdn.example", assets_access="public")
    photo = await url_of(settings, PHOTO)
    assert await url_of(settings, BOOK) == f"https://cdn.example/{BOOK}"
    assert photo.startswith(f"{s3}/{NAME}/{PHOTO}?")
    async with httpx.AsyncClient() as reader:
        statuses = [
            (await reader.get(url)).status_code for url in (f"{s3}/{NAME}/{BOOK}", photo, photo.partition("?")[0])
        ]
    make_bucket(NAME, client_of(s3))
    async with httpx.AsyncClient() as reader:
        closed = (await reader.get(f"{s3}/{NAME}/{BOOK}")).status_code
    assert (statuses, closed) == ([200, 200, 403], 403)


async def test_a_bucket_needs_no_secret_of_ours_and_a_folder_says_which_it_needs(s3: str) -> None:
    assert "X-Amz-Signature=" in await url_of(settings_for(s3), BOOK)
    with pytest.raises(SettingsError, match=r"URL_SECRET is not set.*openssl rand -hex 32"):
        open_urls(Settings(_env_file=None, jwt_jwks_url="https://id.example/jwks.json"))


async def test_without_credentials_it_is_said_that_there_are_none(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ServiceUnavailableError, match="AWS_ACCESS_KEY_ID"):
        await url_of(settings_for(s3), BOOK)


def test_url_secret_goes_before_jwt_secret_and_each_purpose_has_a_key_of_its_own() -> None:
    by_jwt = Settings(_env_file=None, jwt_secret=LONG)
    by_own = Settings(
        _env_file=None, jwt_secret=LONG, url_secret=SecretStr("another-secret-of-thirty-two-bytes-or-more")
    )
    keys = {
        derived_key(settings, purpose)
        for settings in (by_jwt, by_own)
        for purpose in ("stored objects", "shared links")
    }
    assert len(keys) == 4
    assert LONG.get_secret_value().encode() not in keys


def test_a_short_url_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes at the least"):
        Settings(_env_file=None, url_secret=SecretStr("short"))
