"""A lease, as claims and takings give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storytailor.catalog import AssetName


@dataclass(frozen=True, order=True)
class Age:
    """Whose work comes first, the smallest: urgent before high before normal (`rank` 0 to 2), then the oldest."""

    rank: int
    since: datetime


@dataclass(frozen=True)
class Lease:
    """The right to make some assets of a story, as long as it is renewed."""

    story_id: UUID
    token: UUID
    assets: tuple[AssetName, ...]
    claim: int = 1


@dataclass(frozen=True)
class StoodInLine:
    """For how long an asset, made under this lease, has waited for a provider to take a call of its."""

    token: UUID
    asset: AssetName
    seconds: float
