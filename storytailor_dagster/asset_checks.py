"""Checks on assets, shown beside them in the Dagster UI. They are made while the asset is: nothing is judged twice."""

from collections.abc import Sequence

import dagster as dg

from storytailor.artifacts import Artifact
from storytailor.catalog import CATALOG, AssetName
from storytailor.making.illustration import Illustration

TRAITS_CHECK = "recorded_traits_are_visible"


def check_specs(asset: AssetName) -> Sequence[dg.AssetCheckSpec]:
    """Pictures are checked for the traits recorded of their characters."""
    if not CATALOG[asset].is_picture:
        return ()
    return (
        dg.AssetCheckSpec(
            TRAITS_CHECK,
            asset=asset,
            description="The vision model finds every recorded trait in the picture.",
        ),
    )


def check_results(artifact: Artifact) -> Sequence[dg.AssetCheckResult]:
    """A picture's check, with the verdicts; a placeholder shows nobody and does not pass."""
    if not isinstance(artifact, Illustration):
        return ()
    return (
        dg.AssetCheckResult(
            check_name=TRAITS_CHECK,
            passed=not artifact.fallback,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "verdicts": dg.MetadataValue.json([verdict.model_dump() for verdict in artifact.verdicts]),
                "attempts": artifact.attempts,
            },
        ),
    )
