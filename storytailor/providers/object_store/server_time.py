"""Signatures by the S3 server's clock: a server takes none of a machine whose clock is a quarter of an hour off.

Other SDKs of Amazon do this, botocore (1.44) does not: the server's own time, which each of its answers has, is learned
from a refusal, and the request is signed and sent again at once. A machine whose clock is right never gets here.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.auth import AUTH_TYPE_MAPS, SIGV4_TIMESTAMP, S3SigV4Auth
from botocore.awsrequest import AWSRequest

from storytailor.providers.object_store.remedies import WRONG_CLOCK
from storytailor.providers.waiting import http_date

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = logging.getLogger(__name__)

SIGNED_HERE, SIGNED_THERE = ("v4", "s3v4"), "s3v4-server-time"
"""botocore's names of a signature in a request's headers, and ours of the same by the server's clock."""
OFFSET, LEARNED = "storytailor_server_ahead", "storytailor_server_time_learned"
"""What a request's context has: by how much the server's clock is ahead, and whether that was learned from it."""
WORTH_ANOTHER_TRY = timedelta(minutes=1)
"""A server that refuses what was signed by its own clock means something else."""


class ServerTime:
    """How far the server's clock is ahead of this machine's, as far as that had to be learned; a client's own."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def follow(self, client: S3Client) -> None:
        """Sign this client's requests by it. Its presigned URLs, which are made without a server, are as always."""
        events: Any = client.meta.events  # whose stubs know of no handler that answers
        events.register_first("needs-retry.s3", self._learn)
        events.register("choose-signer.s3", self._choose)

    def _choose(self, signature_version: str, context: dict[str, Any], **_: object) -> str | None:
        if not self._ahead or signature_version not in SIGNED_HERE:
            return None
        context[OFFSET] = self._ahead
        return SIGNED_THERE

    def _learn(
        self, response: tuple[Any, dict[str, Any]] | None, request_dict: dict[str, Any], **_: object
    ) -> float | None:
        """The seconds to wait before the request is sent again; None to leave that to boto3."""
        if response is None or response[1].get("Error", {}).get("Code") not in WRONG_CLOCK:
            return None
        context = request_dict["context"]
        there = http_date(response[1]["ResponseMetadata"].get("HTTPHeaders", {}).get("date"))
        if there is None or LEARNED in context:
            return None
        ahead = there - datetime.now(UTC)
        if abs(ahead - context.get(OFFSET, timedelta())) < WORTH_ANOTHER_TRY:
            return None
        self._ahead = context[LEARNED] = ahead
        log.warning(
            "This machine's clock is %.0f s off the S3 server's, which refuses what is signed by it. It is signed by "
            "the server's from now on. Let NTP set the clock.",
            -ahead.total_seconds(),
        )
        return 0.0


class _SignedThere(S3SigV4Auth):
    """botocore's signature with the server's time; `_modify_request_before_signing` is where it is put in (1.44)."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        there = datetime.now(UTC) + request.context[OFFSET]
        request.context["timestamp"] = there.strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]  # not in its stubs


AUTH_TYPE_MAPS[SIGNED_THERE] = _SignedThere  # where botocore looks for what `choose-signer` has named
