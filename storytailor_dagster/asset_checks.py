"""Checks on assets, shown beside them in the Dagster UI. They are made while the asset is: nothing is judged twice."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from storytailor.artifacts import Artifact
from storytailor.catalog import CATALOG, AssetName
from storytailor.making.illustration import Illustration
from storytailor_dagster.dagster_internals import partitioned_check

TRAITS_CHECK = "recorded_traits_are_visible"


def check_specs(asset: AssetName) -> Sequence[dg.AssetCheckSpec]:
    """Pictures are checked for the traits recorded of their characters."""
    if not CATALOG[asset].is_picture:
        return ()
    return (partitioned_check(TRAITS_CHECK, asset, "The vision model finds every recorded trait in the picture."),)


def check_results(artifact: Artifact) -> Sequence[dg.AssetCheckResult]:
    """A picture's check, with how often each verdict fell; a placeholder shows nobody and does not pass."""
    if not isinstance(artifact, Illustration):
        return ()
    return (
        dg.AssetCheckResult(
            check_name=TRAITS_CHECK,
            passed=not artifact.fallback,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "verdicts": dg.MetadataValue.json(dict(Counter(f"{v.trait}: {v.verdict}" for v in artifact.verdicts))),
                "attempts": artifact.attempts,
            },
        ),
    )
