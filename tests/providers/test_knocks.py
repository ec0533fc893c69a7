"""What the doctor hears of a store: each step by itself, with what to do about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from storytailor.providers.object_store import Bucket, Folder
from storytailor.providers.object_store.knocks import StoreKnock, knock_at
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from tests.aws import bucket_at, client_of


def settings_for(url: str, name: str, **more: Any) -> Settings:
    return Settings(_env_file=None, assets_bucket=name, aws_endpoint_url_s3=url, **more)


def said(knocks: list[StoreKnock]) -> dict[str, bool]:
    return {knock.what: knock.ok for knock in knocks}


async def test_a_bucket_that_is_right_in_all_passes_each_knock_and_keeps_nothing(s3_tls_url: str) -> None:
    bucket = bucket_at(s3_tls_url, "well")
    knocks = await knock_at(bucket, settings_for(s3_tls_url, "well", assets_base_url=f"{s3_tls_url}/well"))
    assert said(knocks) == {"Region": True, "Put": True, "Get": True, "Public read": True, "Delete": True}
    assert "Contents" not in client_of(s3_tls_url).list_objects_v2(Bucket="well", Prefix="doctor/")


async def test_a_base_url_at_which_nobody_may_read_is_named_with_both_ways_out(s3_tls_url: str) -> None:
    client = client_of(s3_tls_url)
    make_bucket("closed", client)
    bucket = Bucket("closed", client)
    knocks = await knock_at(bucket, settings_for(s3_tls_url, "closed", assets_base_url=f"{s3_tls_url}/closed"))
    assert said(knocks) == {"Region": True, "Put": True, "Get": True, "Public read": False, "Delete": True}
    (public,) = [knock for knock in knocks if not knock.ok]
    assert public.result.endswith("answers 403")
    assert "ASSETS_BASE_URL" in str(public.remedy)
    assert "storytailor bucket --public-read" in str(public.remedy)
    assert "put-a-cdn-before-the-bucket.md" in str(public.remedy)


async def test_a_base_url_that_does_not_answer_is_named(s3_tls_url: str) -> None:
    bucket = bucket_at(s3_tls_url, "well")
    knocks = await knock_at(bucket, settings_for(s3_tls_url, "well", assets_base_url="http://127.0.0.1:9"))
    (public,) = [knock for knock in knocks if not knock.ok]
    assert "does not answer" in public.result
    assert str(public.remedy).startswith("Correct ASSETS_BASE_URL.")


async def test_a_bucket_that_is_not_there_is_the_only_thing_said(s3_tls_url: str) -> None:
    knocks = await knock_at(Bucket("nowhere", client_of(s3_tls_url)), settings_for(s3_tls_url, "nowhere"))
    assert said(knocks) == {"Store": False}
    assert "There is no bucket nowhere" in str(knocks[0].remedy)


async def test_a_folder_is_knocked_at_without_an_api_that_serves_it(tmp_path: Path) -> None:
    knocks = await knock_at(Folder(tmp_path), Settings(_env_file=None))
    assert said(knocks) == {"Put": True, "Get": True, "Delete": True}
    assert os.listdir(tmp_path / "doctor") == []


@pytest.mark.parametrize("secret", ["wrong", "test-secret "])
async def test_a_wrong_secret_is_named_by_its_setting(s3_tls_url: str, secret: str) -> None:
    bucket_at(s3_tls_url, "well")
    client = client_of(s3_tls_url, aws_access_key_id="test", aws_secret_access_key=secret)
    knocks = await knock_at(Bucket("well", client), settings_for(s3_tls_url, "well"))
    assert said(knocks) == {"Store": False}
    assert "AWS_SECRET_ACCESS_KEY" in str(knocks[0].remedy)
    assert secret not in str(knocks)
