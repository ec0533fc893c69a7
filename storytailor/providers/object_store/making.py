"""Making the bucket: in its region, private, or with finished books open to all where the operator asks for that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from storytailor.errors import ServiceUnavailableError
from storytailor.providers.aws import AWS_ERRORS, AwsError, aws_reason, aws_words
from storytailor.providers.object_store.bucket import place_of
from storytailor.providers.object_store.client import is_foreign
from storytailor.providers.object_store.remedies import remedy

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CORSRuleTypeDef, PublicAccessBlockConfigurationTypeDef

IS_THERE = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
"""Some servers say the latter of one's own bucket as well."""
FIRST_REGIONS = (None, "us-east-1", "aws-global")
"""Where S3 began: the one region that a bucket may not name."""
EVERYTHING = "*"
"""What an earlier version opened."""
OWN_PAGE = "docs/how-to/put-a-cdn-before-the-bucket.md"


def make_bucket(name: str, client: S3Client, *, public_read: bool = False, origins: Iterable[str] = ()) -> None:
    """Make the bucket where it is missing.

    `public_read` lets anybody read finished books; without it, what we have opened once is closed again. Pages of
    `origins` may read what they have the URL of from a browser's scripts.

    Raises ServiceUnavailableError, saying what to do.
    """
    try:
        _create(name, client)
    except AWS_ERRORS as error:
        raise ServiceUnavailableError(
            f"Bucket {name} cannot be made. {remedy(error, place_of(name, client))} [{aws_words(error)}]"
        ) from error
    if public_read:
        _open_to_readers(name, client)
    else:
        _close_to_readers(name, client)
    if pages := sorted(origins):
        _open_to_pages(name, client, pages)


def _create(name: str, client: S3Client) -> None:
    region = client.meta.region_name
    where: Any = {} if region in FIRST_REGIONS else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        client.create_bucket(Bucket=name, **where)
    except AWS_ERRORS as error:
        if aws_reason(error) not in IS_THERE:
            raise
        _require_own(name, client)


def _require_own(name: str, client: S3Client) -> None:
    """The bucket that is there is ours, and in our region."""
    try:
        there = client.head_bucket(Bucket=name).get("BucketRegion")
    except AWS_ERRORS as error:
        if aws_reason(error) != "403":
            raise
        raise ServiceUnavailableError(
            f"Bucket {name} belongs to somebody else, or is closed to these credentials. Names are shared by all of "
            "AWS: set ASSETS_BUCKET to another one."
        ) from error
    here = client.meta.region_name
    if there is not None and there != here and here not in FIRST_REGIONS:
        raise ServiceUnavailableError(f"Bucket {name} is there, in {there}, not in {here}: set AWS_REGION={there}.")


def _open_to_readers(name: str, client: S3Client) -> None:
    """Amazon blocks public policies on every new bucket: the block on policies goes first, that on ACLs stays."""
    block: PublicAccessBlockConfigurationTypeDef = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }
    blocked = _refusal(lambda: client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block))
    refused = _refusal(lambda: client.put_bucket_policy(Bucket=name, Policy=_public_read(name, "stories/*")))
    if refused is not None:
        first = [blocked] if blocked is not None and not is_foreign(client.meta.endpoint_url) else []
        raise ServiceUnavailableError(
            f"Bucket {name} is there, but could not be opened to readers: AWS blocks public access for the whole "
            "account, or the credentials lack s3:PutBucketPublicAccessBlock and s3:PutBucketPolicy. Leave it private "
            f"and let a CDN read it: {OWN_PAGE}. [{'; '.join(aws_words(error) for error in (*first, refused))}]"
        ) from refused


def _close_to_readers(name: str, client: S3Client) -> None:
    """Take back the policy that `_open_to_readers` has set; another one is the operator's own.

    A server without policies has none to take back, and whether anybody can read is what the doctor tries.
    """
    try:
        found = json.loads(client.get_bucket_policy(Bucket=name)["Policy"])
    except (*AWS_ERRORS, ValueError):
        return
    if found not in ([json.loads(_public_read(name, below)) for below in ("stories/*", EVERYTHING)]):
        return
    try:
        client.delete_bucket_policy(Bucket=name)
    except AWS_ERRORS as error:
        raise ServiceUnavailableError(
            f"Bucket {name} is there, and anybody may read it: its policy could not be taken back. The credentials "
            f"need s3:DeleteBucketPolicy. [{aws_words(error)}]"
        ) from error


def _open_to_pages(name: str, client: S3Client, origins: list[str]) -> None:
    """CORS: what pdf.js, `fetch` and an audio element with `crossorigin` ask for; ranges, since they ask for parts."""
    rule: CORSRuleTypeDef = {
        "AllowedOrigins": origins,
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
        "MaxAgeSeconds": 3600,
    }
    try:
        client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    except AWS_ERRORS as error:
        raise ServiceUnavailableError(
            f"Bucket {name} is there, but CORS_ORIGINS could not be set on it: the credentials need "
            f"s3:PutBucketCORS, or set them where the server is administered. [{aws_words(error)}]"
        ) from error


def _refusal(call: Callable[[], object]) -> AwsError | None:
    try:
        call()
    except AWS_ERRORS as error:
        return error
    return None


def _public_read(bucket: str, below: str) -> str:
    """Anybody may read these objects."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{bucket}/{below}",
                }
            ],
        }
    )
