"""Checks on assets, shown beside them in the Dagster UI. They are made while the asset is: nothing is judged twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import dagster as dg

from storytailor.artifacts import Artifact
from storytailor.catalog import CATALOG, AssetName
from storytailor.db.asset_records import AssetRecord
from storytailor.making.checks import CHECKS, CREDENTIALS, Check
from storytailor.making.illustration import Illustration
from storytailor_dagster.dagster_internals import partitioned_check

TRAITS_CHECK = "recorded_traits_are_visible"
PREFLIGHT_CHECK = "print_preflight"

Preflight = Mapping[str, Mapping[str, Any]]
"""A verdict for each printer."""


def check_specs(asset: AssetName) -> Sequence[dg.AssetCheckSpec]:
    """What an asset is checked for: who is in a picture, each printer's rules, and that its files are right."""
    looked_at = dict(CHECKS.get(asset, {}))
    if CATALOG[asset].is_picture:
        looked_at[TRAITS_CHECK] = "The vision model finds the picture's characters, as they are told."
    if asset == "pdf":
        looked_at[PREFLIGHT_CHECK] = "The printers take the files that were made for them."
    if CATALOG[asset].extension:
        looked_at[CREDENTIALS] = "Each file says, signed, that models made it, and was not changed since."
    return tuple(partitioned_check(name, asset, description) for name, description in looked_at.items())


def check_results(artifact: Artifact, record: AssetRecord, checks: Sequence[Check]) -> Iterator[dg.AssetCheckResult]:
    """What was found of an artifact and of its files as they are kept."""
    if isinstance(artifact, Illustration):
        yield _traits(artifact)
    if preflight := record.metadata.get("preflight"):
        yield _preflight(cast(Preflight, preflight))
    for check in checks:
        yield dg.AssetCheckResult(
            check_name=check.name,
            passed=check.passed,
            severity=dg.AssetCheckSeverity.ERROR if check.required else dg.AssetCheckSeverity.WARN,
            description=check.finding or None,
            metadata={**check.facts},
        )


def _traits(picture: Illustration) -> dg.AssetCheckResult:
    """How often each verdict fell; neither a placeholder passes nor a picture whose looks or clothes stayed unlike."""
    return dg.AssetCheckResult(
        check_name=TRAITS_CHECK,
        passed=not picture.fallback and not picture.unlike,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "verdicts": dg.MetadataValue.json(dict(Counter(f"{v.trait}: {v.verdict}" for v in picture.verdicts))),
            "attempts": picture.attempts,
        },
    )


def _preflight(preflight: Preflight) -> dg.AssetCheckResult:
    """Yes, or why not, of each printer; it passes when those take their files for whom there are some."""
    return dg.AssetCheckResult(
        check_name=PREFLIGHT_CHECK,
        passed=all(verdict["passes"] for verdict in preflight.values() if verdict["made"]),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            name: "yes" if verdict["passes"] else " ".join(["no:", *verdict["problems"]])
            for name, verdict in preflight.items()
        },
    )
