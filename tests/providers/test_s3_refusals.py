"""What S3 refuses, in its own bodies: at once or with patience, a family's words, and the setting to look at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from storytailor.errors import MakingError, PermanentError, TransientError
from storytailor.providers.object_store import Bucket
from tests.aws import client_of

SKEWED = "<RequestTime>20261125T102000Z</RequestTime><ServerTime>2026-11-25T10:00:00Z</ServerTime>"
LASTING = [
    (403, "AccessDenied", "", "s3:PutObject"),
    (403, "InvalidAccessKeyId", "<AWSAccessKeyId>AKIAHUNTER2</AWSAccessKeyId>", "check AWS_ACCESS_KEY_ID"),
    (403, "SignatureDoesNotMatch", "<StringToSign>hunter2</StringToSign>", "check AWS_SECRET_ACCESS_KEY"),
    (400, "ExpiredToken", "<Token-0>hunter2</Token-0>", "renew AWS_SESSION_TOKEN"),
    (400, "InvalidToken", "", "renew AWS_SESSION_TOKEN"),
    (401, "Unauthorized", "", "AWS_REQUEST_CHECKSUM_CALCULATION"),
    (404, "NoSuchBucket", "<BucketName>books</BucketName>", "`storytailor bucket` makes it"),
    (400, "IllegalLocationConstraintException", "", "set AWS_REGION"),
    (400, "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>", "set AWS_REGION=eu-west-3"),
    (403, "RequestTimeTooSkewed", SKEWED, "clock is wrong (here it is 20261125T102000Z, there 2026-11-25T10:00:00Z)"),
    (501, "NotImplemented", "", "AWS_REQUEST_CHECKSUM_CALCULATION"),
    (411, "MissingContentLength", "", "AWS_REQUEST_CHECKSUM_CALCULATION"),
    (400, "KMS.DisabledException", "", "KMS key"),
    (418, "SomethingNew", "", "does not answer as it should"),
]
PASSING = [(503, "SlowDown"), (500, "InternalError"), (400, "RequestTimeout"), (409, "OperationAborted"), (429, "Many")]
Answer = Callable[[int, str, str], str]


@pytest.fixture
def answering(aws_credentials: None) -> Iterator[Answer]:
    """Give a status, a code and what else stands in the body; the URL of a server that refuses everything so."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, code: str, extra: str = "") -> str:
        body = f"<Error><Code>{code}</Code><Message>In S3's words.</Message>{extra}</Error>".encode()

        class Refuser(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Refuser)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


async def refused(url: str) -> MakingError:
    client = client_of(url, max_attempts=1)
    with pytest.raises(MakingError) as failed:
        await Bucket("books", client).put("stories/x/a.png", b"picture")
    client.close()
    return failed.value


@pytest.mark.parametrize(("status", "code", "extra", "remedy"), LASTING, ids=[code for _, code, _, _ in LASTING])
async def test_what_the_operator_has_to_mend_fails_at_once_and_names_the_setting(
    answering: Answer, status: int, code: str, extra: str, remedy: str
) -> None:
    failure = await refused(answering(status, code, extra))
    assert isinstance(failure, PermanentError)
    assert str(failure) == "A finished file could not be stored right now."
    assert remedy in failure.remedy
    assert f"{status} {code}: In S3's words." in failure.detail
    assert "hunter2" not in failure.for_operator.lower()


@pytest.mark.parametrize(("status", "code"), PASSING, ids=[code for _, code in PASSING])
async def test_what_passes_by_itself_may_be_tried_again(answering: Answer, status: int, code: str) -> None:
    failure = await refused(answering(status, code, ""))
    assert isinstance(failure, TransientError)
    assert f"{status} {code}" in failure.detail


async def test_a_server_that_is_not_there_may_come_back(aws_credentials: None) -> None:
    assert isinstance(await refused("http://127.0.0.1:9"), TransientError)


async def test_no_credentials_at_all_are_named(monkeypatch: pytest.MonkeyPatch, s3_url: str) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    failure = await refused(s3_url)
    assert isinstance(failure, PermanentError)
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE" in failure.remedy


async def test_a_certificate_nobody_trusts_is_named_and_not_waited_for(
    s3_tls_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE")
    failure = await refused(s3_tls_url)
    assert isinstance(failure, PermanentError)
    assert "AWS_CA_BUNDLE" in failure.remedy
