"""The whole pipeline where the operator's servers are others': PostgreSQL 15 by a login that is no superuser, and S3
over TLS.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest

from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, CATALOG
from storytailor.db.migrations import migrate
from storytailor.providers.object_store import open_urls
from storytailor.settings import Settings
from tests.aws import bucket_at
from tests.dagster.conftest import StoryMaker
from tests.servers import Server
from tests.supabase import make_project

BUCKET = "stories-of-postgres-15"


@pytest.fixture
def database_url(server_15: Server) -> str:
    """A migrated database of the login `project`, which owns it and is no superuser."""
    name = f"pipeline_{uuid4().hex[:8]}"
    url = server_15.url(name, "project")
    make_project(server_15.url("postgres"), name, url)
    migrate(url)
    return url


@pytest.fixture
def settings(database_url: str, emulator: Emulator, s3_tls_url: str) -> Settings:
    bucket_at(s3_tls_url, BUCKET)
    return Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_bucket=BUCKET,
        assets_base_url=f"{s3_tls_url}/{BUCKET}",
        aws_endpoint_url_s3=s3_tls_url,
        lease_seconds=30,
    )


def test_a_story_becomes_a_whole_book_on_postgresql_15_without_a_superuser_and_s3_over_tls(
    maker: StoryMaker, emulator: Emulator, database_url: str
) -> None:
    emulator.behave(answers="canned")
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, rolsuper"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert found == (15, False)
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    assert maker.row(story_id)["asset_generation_status"]["overall"] == "ready"
    assets = maker.assets(story_id)
    assert {name: asset["status"] for name, asset in assets.items()} == dict.fromkeys(ALL_ASSETS, "ready")
    settings = maker.services.settings
    url_of = maker.loop.call(open_urls(settings).current())
    with httpx.Client() as reader:
        for name, kind in CATALOG.items():
            if kind.extension:
                assert assets[name]["url"].startswith("https://")
                assert reader.get(url_of(assets[name]["url"].removeprefix(settings.assets_url))).status_code == 200, (
                    name
                )
