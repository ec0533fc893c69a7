"""A machine whose clock is a quarter of an hour off, before a real S3 server that takes no signature from then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from storytailor.errors import PermanentError
from storytailor.providers.object_store import Bucket
from tests.aws import bucket_at, client_of


@pytest.fixture(params=[-20, 20, 60 * 24 * 365], ids=lambda minutes: f"{minutes} minutes")
def wrong_clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=request.param)) as clock:
        yield clock


@pytest.fixture
def bucket(s3_url: str, aws_credentials: None) -> Bucket:
    """A bucket by a client that knows no server yet."""
    name = "by-the-servers-clock"
    bucket_at(s3_url, name)
    return bucket_at(s3_url, name)


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING, "storytailor.providers.object_store.server_time")
    return caplog


async def test_what_is_stored_read_listed_and_deleted_is_signed_by_the_servers_clock(
    bucket: Bucket, wrong_clock: time_machine.Traveller
) -> None:
    await bucket.put("stories/a/cover.webp", b"a cover")
    assert await bucket.get("stories/a/cover.webp") == b"a cover"
    assert [key async for page in bucket.keys("stories/a/") for key in page] == ["stories/a/cover.webp"]
    await bucket.delete(["stories/a/cover.webp"])
    assert [key async for page in bucket.keys("stories/a/") for key in page] == []
    await bucket.check()


async def test_the_servers_clock_is_learned_once_and_the_operator_told_once(
    bucket: Bucket, wrong_clock: time_machine.Traveller, warnings: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        await bucket.put(f"stories/b/{number}", b"x")
    (said,) = warnings.messages
    assert "Let NTP set the clock." in said


async def test_a_clock_that_ntp_sets_right_meanwhile_is_followed_again(bucket: Bucket) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        await bucket.put("stories/c/early", b"x")
    await bucket.put("stories/c/right", b"x")
    assert await bucket.get("stories/c/right") == b"x"


async def test_a_clock_that_is_right_or_off_by_what_servers_allow_is_nobodys_business(
    bucket: Bucket, warnings: pytest.LogCaptureFixture
) -> None:
    await bucket.put("stories/d/now", b"x")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        await bucket.put("stories/d/then", b"x")
    assert warnings.messages == []


@contextmanager
def refusing(date: str | None, asked: list[bytes]) -> Iterator[str]:
    """The URL of a server to which no time is right, and which says that it has this one."""
    body = b"<Error><Code>RequestTimeTooSkewed</Code></Error>"

    class Refuser(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response_only(403)
            if date:
                self.send_header("Date", date)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuser) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.mark.parametrize(("date", "tries"), [("Mon, 01 Jan 2024 10:00:00 GMT", 2), ("yesterday", 1), (None, 1)])
async def test_a_server_to_which_no_time_is_right_is_asked_once_more_at_most_and_the_operator_told(
    aws_credentials: None, date: str | None, tries: int
) -> None:
    asked: list[bytes] = []
    with refusing(date, asked) as url:
        client = client_of(url, max_attempts=1)
        with pytest.raises(PermanentError) as failed:
            await Bucket("books", client).put("stories/x/a.png", b"picture")
        client.close()
    assert asked == [b"picture"] * tries
    assert "clock is wrong" in failed.value.remedy
