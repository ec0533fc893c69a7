"""CloudFront, where it serves public books: told to forget what is deleted, and asked what it serves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config

from storytailor.errors import TransientError
from storytailor.providers.aws import AWS_ERRORS, AwsError, aws_reason, aws_session, aws_words, cannot_be_set_up
from storytailor.settings import Settings

FOLDERS_AT_ONCE = 15
"""Invalidations with a `*` that CloudFront has in progress for a distribution, at the most."""
ATTEMPTS = 3
"""The tries of one call over the wire, made by boto3."""


@dataclass(frozen=True)
class Distribution:
    """What a distribution is known by: the names it serves, in small letters."""

    names: frozenset[str]


class CloudFront:
    """One distribution. `base_path` stands before keys in the paths it serves, and ends in a slash."""

    def __init__(self, distribution_id: str, client: Any, *, base_path: str = "/") -> None:
        self.distribution_id = distribution_id
        self._client = client
        self._base_path = base_path

    async def invalidate(self, prefixes: Sequence[str], reference: str) -> None:
        """Order that keys, and all below prefixes that end in a slash, leave the caches. Once taken, it is done.

        The same `reference` with the same prefixes is one order, however often it is sent. Raises TransientError when
        it is not taken, whatever the reason: it stays to be done.
        """
        paths = [f"{self._base_path}{prefix}{'*' if prefix.endswith('/') else ''}" for prefix in prefixes]
        batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": reference}
        try:
            await asyncio.to_thread(
                self._client.create_invalidation, DistributionId=self.distribution_id, InvalidationBatch=batch
            )
        except AWS_ERRORS as error:
            raise TransientError(
                "A deleted file could not be taken from the caches right now.",
                remedy=self._remedy(error, "cloudfront:CreateInvalidation"),
                detail=aws_words(error),
            ) from error

    async def look(self) -> Distribution:
        """What the distribution serves, by a call that costs nothing. Raises TransientError, saying what to do."""
        try:
            answer = await asyncio.to_thread(self._client.get_distribution, Id=self.distribution_id)
        except AWS_ERRORS as error:
            raise TransientError(
                "The CDN could not be asked right now.",
                remedy=self._remedy(error, "cloudfront:GetDistribution"),
                detail=aws_words(error),
            ) from error
        found = answer["Distribution"]
        aliases = found["DistributionConfig"].get("Aliases", {}).get("Items") or []
        return Distribution(frozenset(name.lower() for name in (found["DomainName"], *aliases)))

    def _remedy(self, error: AwsError, action: str) -> str:
        reason = aws_reason(error)
        if reason == "NoSuchDistribution":
            return f"There is no distribution {self.distribution_id} in this account: check CLOUDFRONT_DISTRIBUTION_ID."
        if reason in ("AccessDenied", "AccessDeniedException"):
            return f"The credentials need {action} on distribution {self.distribution_id}."
        if reason == "TooManyInvalidationsInProgress":
            return "CloudFront has as many invalidations in progress as it takes; the rest follows by itself."
        return f"CloudFront does not take orders for distribution {self.distribution_id}; they are sent again."


def open_cdn(settings: Settings) -> CloudFront | None:
    """The distribution that is set, if one is. Raises SettingsError for settings that cannot be right."""
    if settings.cloudfront_distribution_id is None:
        return None
    config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    try:
        client = aws_session(settings).client("cloudfront", config=config)
    except (*AWS_ERRORS, ValueError) as error:
        raise cannot_be_set_up(error) from error
    return CloudFront(settings.cloudfront_distribution_id, client, base_path=urlsplit(settings.assets_url).path)
