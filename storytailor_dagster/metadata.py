"""What an asset shows of itself in the Dagster UI: a picture, a text, swatches; and the check on its traits."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import dagster as dg

from storytailor.catalog import CATALOG, AssetName
from storytailor.db import Finished
from storytailor.making.illustration import Illustration
from storytailor.making.narration import Voice
from storytailor.story import Activities, PaletteJourney, StoryContent

TRAITS_CHECK = "recorded_traits_are_visible"


@singledispatch
def preview(artifact: object, made: Finished) -> dict[str, Any]:
    """Metadata that shows the artifact; none for a kind that has no face."""
    return {}


@preview.register
def _content(artifact: StoryContent, made: Finished) -> dict[str, Any]:
    pages = "\n\n---\n\n".join(beat.text for beat in artifact.beats)
    return {
        "preview": dg.MetadataValue.md(f"# {artifact.title}\n\n{pages}"),
        "words": len(artifact.text.split()),
    }


@preview.register
def _palette(artifact: PaletteJourney, made: Finished) -> dict[str, Any]:
    steps = "\n".join(f"- **{step.name}**: {', '.join(step.colors)}" for step in artifact.steps)
    return {"preview": dg.MetadataValue.md(steps), "motif": artifact.motif}


@preview.register
def _illustration(artifact: Illustration, made: Finished) -> dict[str, Any]:
    return {
        "preview": dg.MetadataValue.md(f"![picture]({made.url})"),
        "attempts": artifact.attempts,
        "fallback": artifact.fallback,
        "colors": ", ".join(artifact.colors),
        "alt": artifact.alt,
    }


@preview.register
def _voice(artifact: Voice, made: Finished) -> dict[str, Any]:
    return {"audio_seconds": artifact.narration.seconds, "words": len(artifact.narration.words)}


@preview.register
def _activities(artifact: Activities, made: Finished) -> dict[str, Any]:
    questions = "\n".join(f"1. {question.question}" for question in artifact.questions)
    return {"preview": dg.MetadataValue.md(questions)}


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


def check_results(asset: str, artifact: object) -> Sequence[dg.AssetCheckResult]:
    """The picture's check, with the verdicts; a placeholder shows nobody and does not pass."""
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
