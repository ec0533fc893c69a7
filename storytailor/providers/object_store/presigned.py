"""Presigned URLs of S3 (SigV4 in the query), for objects in a bucket. Made here, without a call over the network."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import boto3
from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from storytailor.errors import ServiceUnavailableError
from storytailor.providers.aws import AWS_ERRORS, aws_session, aws_words
from storytailor.providers.object_store.client import s3_client
from storytailor.providers.object_store.remedies import NO_CREDENTIALS
from storytailor.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FRESH_SECONDS = 60.0
"""How long credentials are used before boto3 is asked for them again, which may renew those of a role."""


class BucketSigner:
    """Signs keys of a bucket for GET; S3 takes a method's signature for no other, HEAD included."""

    def __init__(self, base_url: str, region: str, session: boto3.Session) -> None:
        """`base_url` is the bucket's own URL as readers reach it, and ends in a slash."""
        self._base_url = base_url
        self._region = region
        self._session = session
        self._found: tuple[float, ReadOnlyCredentials] | None = None

    async def credentials(self) -> ReadOnlyCredentials:
        """What to sign with, found in a thread: boto3 may ask the machine's role for it.

        Raises ServiceUnavailableError when there are none.
        """
        if self._found is None or time.monotonic() - self._found[0] > FRESH_SECONDS:
            self._found = time.monotonic(), await asyncio.to_thread(self._find)
        return self._found[1]

    def sign(self, key: str, credentials: ReadOnlyCredentials, signed_at: int, seconds: int) -> str:
        """The URL that opens this object, and no other, until `signed_at + seconds`."""
        request = AWSRequest("GET", self._base_url + quote(key))
        _SignedAt(signed_at, credentials, self._region, seconds).add_auth(request)
        return str(request.url)

    def _find(self) -> ReadOnlyCredentials:
        try:
            found = self._session.get_credentials()
            if found is None:
                raise ServiceUnavailableError(NO_CREDENTIALS, retry_after=30)
            return found.get_frozen_credentials()
        except AWS_ERRORS as error:
            raise ServiceUnavailableError(f"{NO_CREDENTIALS} [{aws_words(error)}]", retry_after=30) from error


class _SignedAt(S3SigV4QueryAuth):
    """botocore's signature with a time of ours, so that an object's URL stays the same for a while.

    It has no parameter for that; `_modify_request_before_signing` is where it puts the time into the query (1.44).
    """

    def __init__(self, signed_at: int, credentials: ReadOnlyCredentials, region: str, seconds: int) -> None:
        super().__init__(credentials, "s3", region, expires=seconds)
        self._signed_at = signed_at

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = time.strftime(SIGV4_TIMESTAMP, time.gmtime(self._signed_at))
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # not in its stubs


def bucket_signer(settings: Settings, bucket: str, client: S3Client | None = None) -> BucketSigner:
    """A signer for this bucket. Raises SettingsError for settings that cannot be right."""
    client = client or s3_client(settings)
    region = client.meta.region_name
    base_url = readers_url(settings.assets_url, bucket) or _own_url(client, bucket)
    return BucketSigner(base_url, "us-east-1" if region in (None, "aws-global") else region, aws_session(settings))


def readers_url(base_url: str, bucket: str) -> str | None:
    """ASSETS_BASE_URL where it names the bucket itself (`…/bucket`, `bucket.…`) and not a CDN before it."""
    parts = urlsplit(base_url)
    host, path = parts.hostname or "", parts.path.strip("/")
    names_it = path == bucket or (not path and (host == bucket or host.startswith(f"{bucket}.")))
    return base_url if names_it else None


def _own_url(client: S3Client, bucket: str) -> str:
    """The bucket's URL as S3 itself spells it; of an object of no name, without the signature."""
    signed = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "x"})
    return signed.partition("?")[0].removesuffix("x")
