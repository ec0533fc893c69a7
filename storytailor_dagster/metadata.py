"""What an asset shows of itself in the Dagster UI: a picture, a text, swatches; seconds, tries and cost."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import singledispatch

import dagster as dg
from dagster import MetadataValue

from storytailor.artifacts import Artifact
from storytailor.db.asset_records import AssetRecord, FileRecord
from storytailor.db.rows import UsageJson
from storytailor.making.context import AssetContext
from storytailor.making.illustration import Illustration
from storytailor.making.narration import RecordedNarration
from storytailor.making.usage import AssetUsage, cost_of_story
from storytailor.story import Activities, PaletteJourney, StoryContent

Metadata = Mapping[str, MetadataValue | str | int | float | bool]


def metadata(ctx: AssetContext, artifact: Artifact, record: AssetRecord, seconds: float) -> Metadata:
    """How the asset was made, and what it looks like."""
    facts: dict[str, MetadataValue | str | int | float | bool] = {
        "seconds": round(seconds, 2),
        "tries": ctx.attempt,
    }
    url = record.url if isinstance(record, FileRecord) else None
    if url:
        facts["url"] = MetadataValue.url(url)
    return facts | dict(usage_metadata(ctx.usage)) | dict(preview(artifact, url))


def usage_metadata(usage: AssetUsage | None) -> Metadata:
    """What one try used of the models, and what that cost; a cost that is not known names the models at fault."""
    if usage is None:
        return {}
    models = MetadataValue.json({name: asdict(used) for name, used in usage.models.items()})
    if usage.cost_usd is None:
        return {"models": models, "cost_usd": f"unknown: no price for {', '.join(usage.unpriced)}"}
    return {"models": models, "cost_usd": usage.cost_usd}


def story_cost(usage: UsageJson) -> Metadata:
    """What the story has cost up to now, all tries of all its assets together."""
    cost = cost_of_story(usage)
    return {"story_cost_usd": "unknown: a model's price is not known" if cost is None else cost}


@singledispatch
def preview(artifact: object, url: str | None) -> Metadata:
    """Metadata that shows the artifact, stored at `url` if it is a file; none for a kind there is nothing to see of."""
    return {}


@preview.register
def _content(artifact: StoryContent, url: str | None) -> Metadata:
    pages = "\n\n---\n\n".join(beat.text for beat in artifact.beats)
    return {
        "preview": dg.MetadataValue.md(f"# {artifact.title}\n\n{pages}"),
        "words": len(artifact.text.split()),
    }


@preview.register
def _palette(artifact: PaletteJourney, url: str | None) -> Metadata:
    steps = "\n".join(f"- **{step.name}**: {', '.join(step.colors)}" for step in artifact.steps)
    return {"preview": dg.MetadataValue.md(steps), "motif": artifact.motif}


@preview.register
def _illustration(artifact: Illustration, url: str | None) -> Metadata:
    return {
        "preview": dg.MetadataValue.md(f"![picture]({url})"),
        "attempts": artifact.attempts,
        "fallback": artifact.fallback,
        **({"why_placeholder": artifact.why_placeholder.detail} if artifact.why_placeholder else {}),
        "colours": ", ".join(artifact.colors),
        "alt": artifact.alt,
    }


@preview.register
def _narration(artifact: RecordedNarration, url: str | None) -> Metadata:
    return {"audio_seconds": artifact.narration.seconds, "words": len(artifact.narration.words)}


@preview.register
def _activities(artifact: Activities, url: str | None) -> Metadata:
    questions = "\n".join(f"1. {question.question}" for question in artifact.questions)
    return {"preview": dg.MetadataValue.md(questions)}
