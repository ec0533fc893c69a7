"""Stories whose files go to a real S3 server over TLS: whole, and paid once when the server is away."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from emulator.testing import Emulator
from storytailor.catalog import CATALOG
from storytailor.providers.object_store import open_urls
from storytailor.providers.object_store.making import make_bucket
from storytailor.providers.object_store.patience import Patience
from storytailor.settings import Settings
from tests.aws import client_of
from tests.dagster.conftest import StoryMaker
from tests.s3_gate import S3Gate

BUCKET = "stories-over-tls"


@pytest.fixture
def gate(s3_tls_url: str) -> Iterator[S3Gate]:
    make_bucket(BUCKET, client_of(s3_tls_url))
    with S3Gate(s3_tls_url) as gate:
        yield gate


@pytest.fixture
def settings(database_url: str, emulator: Emulator, gate: S3Gate) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_bucket=BUCKET,
        assets_base_url=f"{gate.url}/{BUCKET}",
        aws_endpoint_url_s3=gate.url,
        lease_seconds=30,
    )


def make_patient(maker: StoryMaker, patience: Patience) -> None:
    maker.loop.services = dataclasses.replace(maker.loop.services, patience=patience)


def calls(emulator: Emulator, kind: str) -> int:
    """How many calls of a kind the provider took; a voice's route has the voice in it."""
    return sum(call["route"].startswith(kind) for call in emulator.calls())


def in_the_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_every_file_of_a_story_can_be_read_over_tls_by_signed_urls_and_by_no_other(maker: StoryMaker) -> None:
    story_id = maker.ask()
    assert maker.materialize(story_id).success
    assert maker.row(story_id)["status"] == "ready"
    settings = maker.services.settings
    url_of = maker.loop.call(open_urls(settings).current())
    with httpx.Client() as reader:
        for name, kind in CATALOG.items():
            if kind.extension:
                url = maker.assets(story_id)[name]["url"]
                assert reader.get(url).status_code == 403, name
                answer = reader.get(url_of(url.removeprefix(settings.assets_url)))
                assert (answer.status_code, len(answer.content) > 1_000) == (200, True), name
                assert answer.headers["cache-control"] == "private, max-age=3600, immutable"


@pytest.mark.parametrize(
    ("how", "asset", "paid"),
    [
        ("closed", "audio", {"text-to-speech": 1}),
        ("closed", "cover", {"images/generations": 1, "images/edits": 1}),
        ("frozen", "audio", {"text-to-speech": 1}),
        ("slow", "audio", {"text-to-speech": 1}),
    ],
)
def test_what_is_made_while_the_store_is_away_stands_still_or_is_slow_is_paid_once(
    maker: StoryMaker, emulator: Emulator, gate: S3Gate, how: str, asset: str, paid: dict[str, int]
) -> None:
    emulator.behave(answers="canned")
    make_patient(maker, Patience(seconds=300, first=0.2, longest=1))
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette"]).success
    gate.shut(how)

    def come_back() -> None:
        while not calls(emulator, next(iter(paid))):
            time.sleep(0.2)
        time.sleep(4)
        gate.open()

    back = in_the_background(come_back)
    result = maker.materialize(story_id, [asset])
    back.join()
    assert result.success
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    assert maker.assets(story_id)[asset]["status"] == "ready"
    assert {kind: calls(emulator, kind) for kind in paid} == paid


def test_a_store_that_stays_away_fails_the_story_without_paying_again(
    maker: StoryMaker, emulator: Emulator, gate: S3Gate
) -> None:
    emulator.behave(answers="canned")
    make_patient(maker, Patience(seconds=0.5, first=0.1, longest=0.2))
    gate.shut("closed")
    story_id = maker.ask()
    assert not maker.materialize(story_id, ["content", "palette", "cover", "audio"]).success
    assert [maker.assets(story_id)[asset]["status"] for asset in ("cover", "audio")] == ["failed", "failed"]
    assert calls(emulator, "text-to-speech") == 1
    assert len(emulator.calls(asset="cover", route="images/generations")) == 1  # drawn from words: no portrait is kept
    assert maker.assets(story_id)["cover"]["error"] == "A finished file could not be stored right now."
    failed = "SELECT error_message FROM asset_generation_jobs WHERE story_id = %s AND asset_type = 'cover'"
    with psycopg.connect(maker.services.settings.database) as connection:
        (reason,) = connection.execute(failed, [story_id]).fetchone() or ("",)
    assert "Is AWS_ENDPOINT_URL_S3 right, the server up?" in reason
