"""The S3 client: which server, in which region, and what such a server takes."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest
from botocore.config import Config

from storytailor.aws_settings import Checksums
from storytailor.providers.aws import AWS_ERRORS, aws_session, cannot_be_set_up
from storytailor.providers.object_store.server_time import ServerTime
from storytailor.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_ATTEMPTS = 3
"""The tries of one call over the wire, made by boto3."""
CONNECTIONS = 32
AMAZON = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "api.amazonwebservices.com.cn")


def s3_client(settings: Settings, *, max_attempts: int = UPLOAD_ATTEMPTS, **options: Any) -> S3Client:
    """A client whose calls end in time; `options` are boto3's own and go before the settings.

    Raises SettingsError for settings that cannot be right.
    """
    session = aws_session(settings)
    given = {"endpoint_url": settings.s3_endpoint, **options}

    def opened(*, foreign: bool) -> S3Client:
        return session.client("s3", **given, config=_config(settings, max_attempts, foreign=foreign))

    try:
        client = opened(foreign=is_foreign(given["endpoint_url"]))
        if is_foreign(client.meta.endpoint_url) and not is_foreign(given["endpoint_url"]):  # by the profile
            client = opened(foreign=True)
    except (*AWS_ERRORS, ValueError) as error:
        raise cannot_be_set_up(error) from error
    if is_foreign(client.meta.endpoint_url):
        client.meta.events.register("before-sign.s3.DeleteObjects", _add_content_md5)
    ServerTime().follow(client)
    return client


def is_foreign(url: str | None) -> bool:
    """Whether this is the URL of an S3 server that is not Amazon's."""
    host = urlsplit(url or "").hostname
    return host is not None and not any(host == domain or host.endswith(f".{domain}") for domain in AMAZON)


def _config(settings: Settings, max_attempts: int, *, foreign: bool) -> Config:
    """Timeouts, retries, and checksums only where the server knows them.

    Of Amazon's newer checksums (a trailer behind a chunked body) many other servers know nothing and refuse the
    upload; without them it is a plain body with a length.
    """
    checksums: Checksums = "when_required" if foreign else "when_supported"
    return Config(
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": max_attempts},
        request_checksum_calculation=settings.aws_request_checksum_calculation or checksums,
        response_checksum_validation=settings.aws_response_checksum_validation or checksums,
    )


def _add_content_md5(request: AWSRequest, **_: object) -> None:
    """Other servers ask for the older checksum of this one request, which boto3 has stopped sending."""
    body = request.body.encode() if isinstance(request.body, str) else request.body
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = base64.b64encode(digest).decode()
