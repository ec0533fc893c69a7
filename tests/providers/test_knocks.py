"""What the doctor hears of a store: each step by itself, with what to do about it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from storytailor.providers.object_store import Bucket, Folder
from storytailor.providers.object_store.knocks import StoreKnock, knock_at
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from tests.aws import bucket_at, client_of
from tests.cloudfront import Cdn


def settings_for(url: str, name: str, **more: Any) -> Settings:
    return Settings(_env_file=None, assets_bucket=name, aws_endpoint_url_s3=url, **more)


def public_at(url: str, name: str, base_url: str) -> Settings:
    """Settings with which anybody reads books of the bucket by this URL."""
    return settings_for(url, name, assets_base_url=base_url, assets_access="public")


def said(knocks: list[StoreKnock]) -> dict[str, bool]:
    return {knock.what: knock.ok for knock in knocks}


ALL_WELL = dict.fromkeys(("Region", "Put", "Get", "Signed read", "Private", "Delete"), True)


@pytest.mark.parametrize("access", ["signed", "public"])
async def test_a_bucket_that_is_right_in_all_passes_each_knock_and_keeps_nothing(s3_tls_url: str, access: str) -> None:
    client = client_of(s3_tls_url)
    make_bucket("right", client, public_read=access == "public")
    settings = settings_for(s3_tls_url, "right", assets_base_url=f"{s3_tls_url}/right", assets_access=access)
    knocks = await knock_at(Bucket("right", client), settings)
    assert said(knocks) == ALL_WELL | ({"Public read": True} if access == "public" else {})
    assert client.list_objects_v2(Bucket="right")["KeyCount"] == 0


async def test_a_bucket_in_which_anybody_can_read_photos_is_named_with_how_to_close_it(s3_tls_url: str) -> None:
    client = client_of(s3_tls_url)
    make_bucket("wide", client)
    everything = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::wide/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    client.put_bucket_policy(Bucket="wide", Policy=policy)  # as an earlier `storytailor bucket --public-read` did
    settings = settings_for(s3_tls_url, "wide", assets_base_url=f"{s3_tls_url}/wide")
    wide = await knock_at(Bucket("wide", client), settings)
    make_bucket("wide", client)
    closed = await knock_at(Bucket("wide", client), settings)

    assert said(wide) == ALL_WELL | {"Private": False}
    (private,) = [knock for knock in wide if not knock.ok]
    assert private.result.endswith("can be read without a signature")
    assert "`storytailor bucket` takes back what --public-read had opened" in str(private.remedy)
    assert said(closed) == ALL_WELL


async def test_a_base_url_at_which_nobody_may_read_is_named_with_both_ways_out(s3_tls_url: str) -> None:
    client = client_of(s3_tls_url)
    make_bucket("closed", client)
    bucket = Bucket("closed", client)
    knocks = await knock_at(bucket, public_at(s3_tls_url, "closed", f"{s3_tls_url}/closed"))
    assert said(knocks) == ALL_WELL | {"Public read": False}
    (public,) = [knock for knock in knocks if not knock.ok]
    assert public.result.endswith("answers 403")
    assert "ASSETS_BASE_URL" in str(public.remedy)
    assert "storytailor bucket --public-read" in str(public.remedy)
    assert "put-a-cdn-before-the-bucket.md" in str(public.remedy)


async def test_a_base_url_that_does_not_answer_is_named(s3_tls_url: str) -> None:
    bucket = bucket_at(s3_tls_url, "well")
    knocks = await knock_at(bucket, public_at(s3_tls_url, "well", "http://127.0.0.1:9"))
    (public,) = [knock for knock in knocks if knock.what == "Public read"]
    assert "does not answer" in public.result
    assert str(public.remedy).startswith("Correct ASSETS_BASE_URL.")


async def purge_knock(settings: Settings) -> StoreKnock | None:
    """What is said of a CDN before the bucket, whatever else is wrong."""
    knocks = await knock_at(Bucket("well", client_of(settings.s3_endpoint or "")), settings)
    return next((knock for knock in knocks if knock.what == "Purge"), None)


async def test_a_cdn_that_nobody_tells_of_deletions_is_a_warning(s3_tls_url: str) -> None:
    bucket_at(s3_tls_url, "well")
    told = await purge_knock(public_at(s3_tls_url, "well", "https://cdn.example"))
    assert told is not None
    assert (told.ok, told.warning) == (False, True)
    assert told.result == "a CDN at cdn.example keeps what was deleted for up to a year"
    assert "CLOUDFRONT_DISTRIBUTION_ID" in str(told.remedy)
    assert await purge_knock(public_at(s3_tls_url, "well", f"{s3_tls_url}/well")) is None  # the bucket itself
    assert await purge_knock(settings_for(s3_tls_url, "well", assets_base_url="https://cdn.example")) is None


@pytest.mark.parametrize(
    ("host", "wrong_id", "result", "remedy"),
    [
        ("cdn.example", None, "serves cdn.example", None),
        ("other.example", None, ", and not other.example", "Check CLOUDFRONT_DISTRIBUTION_ID"),
        ("cdn.example", "E1", "NoSuchDistribution", "There is no distribution E1 in this account"),
    ],
    ids=["right", "another one's name", "none of this account"],
)
async def test_whether_the_distribution_is_that_of_the_books_is_asked_for_free(
    s3_url: str, cdn: Cdn, host: str, wrong_id: str | None, result: str, remedy: str | None
) -> None:
    bucket_at(s3_url, "well")
    settings = public_at(s3_url, "well", f"https://{host}")
    told = await purge_knock(
        settings.model_copy(update={"cloudfront_distribution_id": wrong_id or cdn.distribution_id})
    )
    assert told is not None
    assert result in told.result
    assert (remedy or "") in str(told.remedy)
    assert told.ok == (remedy is None)
    assert cdn.orders() == []


async def test_a_bucket_that_is_not_there_is_the_only_thing_said(s3_tls_url: str) -> None:
    knocks = await knock_at(Bucket("nowhere", client_of(s3_tls_url)), settings_for(s3_tls_url, "nowhere"))
    assert said(knocks) == {"Store": False}
    assert "There is no bucket nowhere" in str(knocks[0].remedy)


async def test_a_folder_is_knocked_at_without_an_api_that_serves_it(tmp_path: Path) -> None:
    knocks = await knock_at(Folder(tmp_path), Settings(_env_file=None))
    assert said(knocks) == {"Put": True, "Get": True, "Delete": True}
    assert os.listdir(tmp_path / "characters" / "doctor") == []


async def test_what_a_killed_knock_has_left_is_removed_by_the_next_and_one_that_is_under_way_is_not_disturbed(
    tmp_path: Path,
) -> None:
    store, now = Folder(tmp_path), int(time.time())
    left = [
        f"{place}/doctor/{name}" for place in ("characters", "stories") for name in (f"{now - 7200}-a.txt", "b.txt")
    ]
    under_way = f"characters/doctor/{now - 60}-c.txt"
    family = "characters/doctor-who/reference-0123456789ab.jpg"
    for key in (*left, under_way, family):
        await store.put(key, b"storytailor was here")
    knocks = await knock_at(store, Settings(_env_file=None))
    assert said(knocks) == {"Put": True, "Get": True, "Delete": True}
    assert [listed async for listed in store.keys("")] == [[family, under_way]]


@pytest.mark.parametrize("secret", ["wrong", "test-secret "])
async def test_a_wrong_secret_is_named_by_its_setting(s3_tls_url: str, secret: str) -> None:
    bucket_at(s3_tls_url, "well")
    client = client_of(s3_tls_url, aws_access_key_id="test", aws_secret_access_key=secret)
    knocks = await knock_at(Bucket("well", client), settings_for(s3_tls_url, "well"))
    assert said(knocks) == {"Store": False}
    assert "AWS_SECRET_ACCESS_KEY" in str(knocks[0].remedy)
    assert secret not in str(knocks)
