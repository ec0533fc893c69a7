"""The line with which a process says at its start with what it works."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from storytailor.at_start import unbounded_spending, works_with
from storytailor.settings import Settings

URL = "postgresql://maker:hunter2@db.example:6432/stories?sslmode=require&password=hunter2"


def said(**settings: object) -> str:
    return works_with(Settings(_env_file=None, database_url=URL, **settings))  # type: ignore[arg-type]


def test_a_process_with_nothing_set_says_that_the_emulator_answers() -> None:
    assert said() == (
        "database db.example:6432/stories; files in the folder .storytailor/assets (signed URLs); text, vision, image, "
        "moderation, voice by 127.0.0.1:8100 (the emulator); narrator not set: the first of the account that fits; "
        "log as text"
    )


def test_each_server_is_named_with_the_roles_it_has_and_without_a_key() -> None:
    line = said(
        openai_api_key="sk-hunter2",
        elevenlabs_api_key="sk-hunter2",
        image_base_url="https://me:hunter2@pictures.example/v1?key=hunter2",
        voice_id="21m00Tcm4TlvDq8ikWAM",
        moderation="off",
        assets_bucket="books",
        assets_base_url="https://cdn.example/books",
        assets_access="public",
        log_format="json",
    )
    assert line == (
        "database db.example:6432/stories; files in the bucket books, books read at cdn.example (books are public); "
        "text, vision by OpenAI (own); image by pictures.example (other); moderation by nobody; voice by ElevenLabs "
        "(own); narrator 21m00Tcm4TlvDq8ikWAM; log as json"
    )


def test_a_key_that_only_parameter_store_has_is_said_to_be_elsewhere() -> None:
    assert "voice by a key that is not here (PARAMETER_STORE_PATH=/storytailor)" in said(
        parameter_store_path="/storytailor"
    )


@pytest.mark.parametrize("url", ["postgresql:///stories?host=/tmp/socket", "postgresql+psycopg://:hunter2@/stories"])
def test_a_database_by_a_socket_is_told_as_well(url: str) -> None:
    line = works_with(Settings(_env_file=None, database_url=SecretStr(url)))
    assert "/stories; files" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("settings", "warns"),
    [
        ({}, False),
        ({"openai_api_key": "sk-x"}, True),
        ({"elevenlabs_api_key": "x"}, True),
        ({"parameter_store_path": "/storytailor"}, True),
        ({"image_base_url": "https://pictures.example/v1"}, True),
        ({"image_base_url": "http://127.0.0.1:9000/v1"}, False),
        ({"moderation_base_url": "https://judges.example/v1"}, False),
        ({"openai_api_key": "sk-x", "daily_budget": 30}, False),
        ({"openai_api_key": "sk-x", "user_daily_budget": 5}, True),
    ],
)
def test_a_day_without_a_bound_is_said_where_providers_cost_money(settings: dict[str, object], warns: bool) -> None:
    said = unbounded_spending(Settings(_env_file=None, **settings))  # type: ignore[arg-type]
    assert (said is not None) == warns
    assert said is None or ("USER_DAILY_BUDGET" in said) == ("user_daily_budget" in settings)


def test_no_host_of_a_cdn_is_named_where_every_file_is_read_from_the_bucket_by_signed_urls() -> None:
    line = said(
        assets_bucket="books", aws_endpoint_url_s3="https://s3.example", assets_base_url="https://cdn.example/books"
    )
    assert "files in the bucket books at s3.example (signed URLs);" in line
    assert "cdn.example" not in line
