"""Which refusals of S3 pass by themselves, and which wait for the operator."""

from __future__ import annotations

from botocore.exceptions import (
    ClientError,
    LoginError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from storytailor.errors import MakingError
from storytailor.providers.aws import AwsError, aws_reason, aws_words
from storytailor.providers.object_store.failures import Doing, missing, permanent, transient
from storytailor.providers.object_store.remedies import KNOWN_CODES, Place, can_never_connect, remedy

PASSING_CODES = frozenset(
    {"RequestTimeout", "RequestTimeoutException", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequests"}
    | {"RequestLimitExceeded", "OperationAborted", "IncompleteBody", "BadDigest", "QuotaExceeded", "XMinioStorageFull"}
)
"""Their status is in the 400s, but a busy or a full server, or a broken line, is mended behind our back."""
PASSING_STATUSES = frozenset({408, 409, 423, 425, 429})
LASTING_KINDS = (
    *(NoCredentialsError, PartialCredentialsError, SSOError, LoginError, TokenRetrievalError),
    ParamValidationError,
)


def failure(doing: Doing, error: AwsError, place: Place, *, key: str | None = None) -> MakingError:
    """The error as one of ours; `key` is that of the one object that was wanted."""
    if key is not None and aws_reason(error) in ("NoSuchKey", "404"):
        return missing(key, f"bucket {place.bucket}")
    say = transient if passes(error) else permanent
    return say(doing, remedy(error, place), aws_words(error))


def passes(error: AwsError) -> bool:
    """Whether the same call may go well a little later, without anybody doing anything."""
    if isinstance(error, ClientError):
        code, status = aws_reason(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if code in KNOWN_CODES:
            return False
        return code in PASSING_CODES or status in PASSING_STATUSES or not 300 <= status < 500
    return not (isinstance(error, LASTING_KINDS) or can_never_connect(error))
