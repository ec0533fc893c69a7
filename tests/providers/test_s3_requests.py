"""What goes over the wire: plain bodies to servers that are not Amazon's, the region's name, and whose keys."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storytailor.errors import ServiceUnavailableError, SettingsError
from storytailor.providers.object_store import Bucket, s3_client
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from tests.aws import bucket_at, client_of
from tests.cli.running import storytailor_in

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DOTENV = """
AWS_ACCESS_KEY_ID=test
AWS_SECRET_ACCESS_KEY=test-secret
AWS_REGION=eu-central-1
AWS_ENDPOINT_URL_S3={url}
ASSETS_BUCKET={bucket}
ASSETS_BASE_URL={url}/{bucket}
"""


def sent(client: S3Client, operation: str) -> list[dict[str, str]]:
    """The headers of every request of this operation, as they leave."""
    seen: list[dict[str, str]] = []

    def look(request: Any, **_: object) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append({name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()})

    client.meta.events.register(f"before-send.s3.{operation}", look)
    return seen


async def test_an_upload_to_another_server_over_tls_is_a_plain_body_with_a_length(s3_tls_url: str) -> None:
    bucket_at(s3_tls_url, "plain")
    client = client_of(s3_tls_url)
    puts, deletions = sent(client, "PutObject"), sent(client, "DeleteObjects")
    await Bucket("plain", client).put("stories/x/a.png", b"picture")
    await Bucket("plain", client).delete(["stories/x/a.png"])
    (put,), (deletion,) = puts, deletions
    assert put["content-length"] == "7"
    assert not {"content-encoding", "x-amz-trailer", "transfer-encoding", "x-amz-sdk-checksum-algorithm"} & put.keys()
    assert not put["x-amz-content-sha256"].startswith("STREAMING")
    assert deletion["content-md5"]


async def test_checksums_that_the_operator_asks_for_are_sent(s3_tls_url: str) -> None:
    bucket_at(s3_tls_url, "plain")
    client = client_of(s3_tls_url, aws_request_checksum_calculation="when_supported")
    puts = sent(client, "PutObject")
    await Bucket("plain", client).put("stories/x/a.png", b"picture")
    assert puts[0]["x-amz-trailer"] == "x-amz-checksum-crc32"


def test_amazon_itself_gets_its_checksums() -> None:
    for endpoint in (None, "https://s3.eu-central-1.amazonaws.com"):
        client = s3_client(Settings(_env_file=None, aws_endpoint_url_s3=endpoint, aws_region="eu-central-1"))
        config: Any = client.meta.config
        assert config.request_checksum_calculation == "when_supported"


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-2"])
def test_the_bucket_is_made_in_the_region_that_is_set(moto_url: str, region: str) -> None:
    client = client_of(moto_url, aws_region=region)
    make_bucket("books", client)
    assert client.head_bucket(Bucket="books")["BucketRegion"] == region
    make_bucket("books", client)  # there already


def test_a_bucket_in_another_region_is_named_with_that_region(moto_url: str) -> None:
    make_bucket("books", client_of(moto_url, aws_region="eu-central-1"))
    with pytest.raises(ServiceUnavailableError, match="in eu-central-1, not in eu-west-1: set AWS_REGION=eu-central-1"):
        make_bucket("books", client_of(moto_url, aws_region="eu-west-1"))


def test_a_bucket_for_readers_loses_the_block_on_policies_and_keeps_that_on_acls(moto_url: str) -> None:
    client = client_of(moto_url)
    make_bucket("books", client, public_read=True, origins={"https://app.example"})
    block = client.get_public_access_block(Bucket="books")["PublicAccessBlockConfiguration"]
    assert (block["BlockPublicPolicy"], block["RestrictPublicBuckets"]) == (False, False)
    assert (block["BlockPublicAcls"], block["IgnorePublicAcls"]) == (True, True)
    (rule,) = client.get_bucket_cors(Bucket="books")["CORSRules"]
    assert (rule["AllowedOrigins"], rule["AllowedMethods"]) == (["https://app.example"], ["GET", "HEAD"])


def test_keys_region_and_server_in_env_file_are_enough(
    s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "")  # as good as unset
    (tmp_path / ".env").write_text(DOTENV.format(url=s3_url, bucket="from-env-file"))
    done = storytailor_in(tmp_path, "bucket")
    assert (done.returncode, done.stdout) == (0, "The bucket from-env-file exists.\n"), done.stderr
    client = s3_client(Settings(_env_file=tmp_path / ".env"))
    assert client.meta.region_name == "eu-central-1"
    assert client.list_objects_v2(Bucket="from-env-file")["KeyCount"] == 0


def test_the_environment_goes_before_the_env_file_and_a_token_stays_with_its_key(
    tmp_path: Path, aws_credentials: None
) -> None:
    (tmp_path / ".env").write_text("AWS_ACCESS_KEY_ID=old\nAWS_SECRET_ACCESS_KEY=old\nAWS_SESSION_TOKEN=old\n")
    credentials = s3_client(Settings(_env_file=tmp_path / ".env"))._request_signer._credentials  # type: ignore[attr-defined]
    assert (credentials.access_key, credentials.secret_key, credentials.token) == ("test", "test-secret", None)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"aws_profile": "nobody"}, "nobody"),
        ({"aws_access_key_id": "hunter2"}, "AWS_SECRET_ACCESS_KEY is missing"),
        ({"aws_ca_bundle": "/nowhere.pem"}, "AWS_CA_BUNDLE is /nowhere.pem"),
        ({"aws_endpoint_url_s3": "no url"}, "AWS_ENDPOINT_URL_S3"),
    ],
)
def test_settings_that_cannot_be_right_are_named(settings: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as wrong:
        s3_client(Settings(_env_file=None, **settings))  # type: ignore[arg-type]
    assert "hunter2" not in str(wrong.value)
