"""Checks on assets, shown beside them in the Dagster UI. They are made while the asset is: nothing is judged twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

import dagster as dg

from storytailor.artifacts import Artifact
from storytailor.catalog import CATALOG, AssetName
from storytailor.db.asset_records import AssetRecord
from storytailor.making.illustration import Illustration
from storytailor_dagster.dagster_internals import partitioned_check

TRAITS_CHECK = "recorded_traits_are_visible"
PREFLIGHT_CHECK = "print_preflight"

Preflight = Mapping[str, Mapping[str, Any]]
"""A verdict for each printer."""


def check_specs(asset: AssetName) -> Sequence[dg.AssetCheckSpec]:
    """Pictures are checked for the traits recorded of their characters, PDFs by each printer's rules."""
    if asset == "pdf":
        return (partitioned_check(PREFLIGHT_CHECK, asset, "The printers take the files that were made for them."),)
    if not CATALOG[asset].is_picture:
        return ()
    return (partitioned_check(TRAITS_CHECK, asset, "The vision model finds every recorded trait in the picture."),)


def check_results(artifact: Artifact, record: AssetRecord) -> Sequence[dg.AssetCheckResult]:
    """What was found of an artifact and of its files as they are kept."""
    if isinstance(artifact, Illustration):
        return (_traits(artifact),)
    preflight = record.metadata.get("preflight")
    return (_preflight(cast(Preflight, preflight)),) if preflight else ()


def _traits(artifact: Illustration) -> dg.AssetCheckResult:
    """How often each verdict fell; a placeholder shows nobody and does not pass."""
    return dg.AssetCheckResult(
        check_name=TRAITS_CHECK,
        passed=not artifact.fallback,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "verdicts": dg.MetadataValue.json(dict(Counter(f"{v.trait}: {v.verdict}" for v in artifact.verdicts))),
            "attempts": artifact.attempts,
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
