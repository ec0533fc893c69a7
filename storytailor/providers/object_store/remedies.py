"""What an operator does about each refusal of S3, naming the setting.

Amazon's codes, and what other servers that speak S3 say for the same; a HEAD request says no more than its status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from storytailor.providers.aws import AwsError, aws_reason

NO_NAME = "ASSETS_BUCKET is no name a bucket can have: {bucket}."
NO_CREDENTIALS = (
    "There are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the "
    "process a role."
)
RENEW = (
    "The AWS credentials have expired: renew AWS_SESSION_TOKEN with its key and secret, or log in again for "
    "AWS_PROFILE; a role renews itself."
)
BY_CODE: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"})
        | {"Unauthorized", "401", "NotSignedUp", "InvalidSecurity"},
        "{server} does not know this access key: check AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL_S3. Some servers say the "
        "same of checksums they do not take: leave AWS_REQUEST_CHECKSUM_CALCULATION unset.",
    ),
    (
        frozenset({"SignatureDoesNotMatch"}),
        "The secret does not belong to the access key: check AWS_SECRET_ACCESS_KEY (a blank at its end counts).",
    ),
    (
        frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "RequestExpired"}),
        RENEW,
    ),
    (
        frozenset({"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AccountProblem", "Forbidden", "403"})
        | {"KMS.DisabledException", "KMS.NotFoundException", "KMS.InvalidStateException", "KMSAccessDeniedException"},
        "The credentials may not do this with bucket {bucket}. They need s3:PutObject, s3:GetObject and "
        "s3:DeleteObject on its objects and s3:ListBucket on the bucket; where a KMS key encrypts it, that key too.",
    ),
    (
        frozenset({"NoSuchBucket", "404", "NotFound"}),
        "There is no bucket {bucket} at {server}: `storytailor bucket` makes it, or check ASSETS_BUCKET and "
        "AWS_ENDPOINT_URL_S3.",
    ),
    (frozenset({"InvalidBucketName"}), NO_NAME),
    (
        frozenset({"NotImplemented", "InvalidArgument", "InvalidRequest", "MissingContentLength", "MalformedXML"})
        | {"XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "MissingContentMD5", "501", "411"},
        "{server} does not take requests of this form: leave AWS_REQUEST_CHECKSUM_CALCULATION unset, or set it to "
        "when_required.",
    ),
)
BY_KIND: tuple[tuple[tuple[type[BotoCoreError], ...], str], ...] = (
    ((NoCredentialsError, PartialCredentialsError), NO_CREDENTIALS),
    ((SSOError, LoginError, TokenRetrievalError), RENEW),
    ((CredentialRetrievalError,), "The AWS credentials could not be fetched: check AWS_PROFILE, or the role."),
    ((ParamValidationError,), NO_NAME),
)
LASTING_TLS = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
"""What OpenSSL calls a connection that can never be made, unlike one that broke."""
NO_TLS = "TLS with {server} fails: check AWS_ENDPOINT_URL_S3, and AWS_CA_BUNDLE for a certificate of your own."
OTHER_REGION = frozenset(
    {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
    | {"InvalidLocationConstraint", "InvalidRegion", "301", "302", "307"}
)
WRONG_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestInTheFuture"})
KNOWN_CODES = OTHER_REGION.union(WRONG_CLOCK, *(codes for codes, _ in BY_CODE))
"""Nobody but the operator can mend these."""


@dataclass(frozen=True)
class Place:
    """Where a call went: what an operator has to know to mend it."""

    bucket: str
    server: str
    region: str | None


def remedy(error: AwsError, place: Place) -> str:
    """What it is and what to do about it."""
    code = aws_reason(error)
    if code in OTHER_REGION:
        return _region(error, place)
    if code in WRONG_CLOCK:
        return _clock(error)
    if can_never_connect(error):
        return NO_TLS.format(server=place.server)
    by_code = (words for codes, words in BY_CODE if code in codes)
    by_kind = (words for kinds, words in BY_KIND if isinstance(error, kinds))
    otherwise = "Bucket {bucket} at {server} does not answer as it should. Is AWS_ENDPOINT_URL_S3 right, the server up?"
    words = next(by_code, None) or next(by_kind, otherwise)
    return words.format(bucket=place.bucket, server=place.server)


def can_never_connect(error: AwsError) -> bool:
    """Whether TLS fails for a reason that lasts, such as a certificate nobody here trusts."""
    return isinstance(error, SSLError) and any(name in str(error) for name in LASTING_TLS)


def right_region(error: AwsError) -> str | None:
    """The region that the bucket is in, where the refusal says so."""
    if not isinstance(error, ClientError):
        return None
    said = _said(error)
    expected = re.search(r"expecting '([\w-]+)'", said.get("Message", ""))
    named = re.search(r"s3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws", said.get("Endpoint", ""))
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    found = (headers.get("x-amz-bucket-region"), said.get("Region"), expected and expected[1], named and named[1])
    return next((region for region in found if region), None)


def _region(error: AwsError, place: Place) -> str:
    here, there = place.region or "none", right_region(error)
    if there is None:
        return (
            f"Bucket {place.bucket} is in another region than {here}: set AWS_REGION to its region, and let "
            "AWS_ENDPOINT_URL_S3, if it is set, name the same."
        )
    return f"Bucket {place.bucket} is in {there}, not in {here}: set AWS_REGION={there}."


def _clock(error: AwsError) -> str:
    said = _said(error) if isinstance(error, ClientError) else {}
    times = f" (here it is {said['RequestTime']}, there {said['ServerTime']})" if "ServerTime" in said else ""
    return f"This machine's clock is wrong{times}, and S3 takes no signature from another time: let NTP set the clock."


def _said(error: ClientError) -> dict[str, str]:
    """All that S3 says beside code and message: region, endpoint, times."""
    return {name: str(value) for name, value in error.response.get("Error", {}).items()}
