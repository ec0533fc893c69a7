"""What an asset shows of itself in the Dagster UI: where its files are, numbers; seconds, tries and cost.

Pictures and links only where books are public (ASSETS_ACCESS): an event is kept longer than a signed URL holds, and a
family's book is not the operator's to look at.

Nothing that a family, or a model on its behalf, has written: Dagster keeps its events for as long as the story is
there, and its UI renders Markdown with the operator's authority.
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import singledispatch

from dagster import MetadataValue

from storytailor.artifacts import Artifact
from storytailor.db.asset_records import AssetRecord, FileRecord
from storytailor.db.rows import UsageJson
from storytailor.db.story_inputs import StorySummary
from storytailor.making.book_files import BookFiles
from storytailor.making.context import AssetContext
from storytailor.making.illustration import Illustration
from storytailor.making.narration import RecordedNarration
from storytailor.making.usage import AssetUsage, cost_of_story
from storytailor.story import Activities, PaletteJourney, StoryContent

Metadata = Mapping[str, MetadataValue | str | int | float | bool]
OPENS = {
    "audio": "Listen to the narration",
    "pdf": "Read the book (PDF)",
    "print": "Print it at home (PDF)",
    "epub": "Get the read-along book (EPUB)",
}
"""What each file that is no picture is called; those for printers go by their own names."""


def metadata(
    ctx: AssetContext, artifact: Artifact, record: AssetRecord, seconds: float, story: StorySummary
) -> Metadata:
    """How the asset was made, of which story, and where to see it."""
    facts: dict[str, MetadataValue | str | int | float | bool] = {
        **summary(story),
        "state": "ready",
        "seconds": round(seconds, 2),
        "tries": ctx.attempt,
    }
    if isinstance(record, FileRecord):
        facts |= {f"{name}_object": key for name, key in record.objects.items()}
        urls = {name: ctx.settings.assets_url + key for name, key in record.objects.items()}
        facts |= preview(artifact, urls if ctx.settings.books_are_public else {})
    else:
        facts |= preview(artifact, {})
    return facts | dict(usage_metadata(ctx.usage))


def failure_metadata(reason: str, attempt: int, story: StorySummary | None) -> Metadata:
    """What Dagster's UI says of an asset that has failed."""
    return {**(summary(story) if story else {}), "state": "failed", "reason": reason, "tries": attempt}


def summary(story: StorySummary) -> dict[str, MetadataValue | str | int | float | bool]:
    """What tells one story from another without its words."""
    return {"kind": story.kind or "", "asked_at": MetadataValue.timestamp(story.created_at)}


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
def preview(artifact: object, urls: Mapping[str, str]) -> Metadata:
    """Metadata that shows the artifact, whose files are at these URLs by name; none where there is nothing to see."""
    return {}


@preview.register
def _content(artifact: StoryContent, urls: Mapping[str, str]) -> Metadata:
    return {"words": len(artifact.text.split()), "beats": len(artifact.beats)}


@preview.register
def _palette(artifact: PaletteJourney, urls: Mapping[str, str]) -> Metadata:
    return {"steps": len(artifact.steps), "colours": sum(len(step.colors) for step in artifact.steps)}


@preview.register
def _illustration(artifact: Illustration, urls: Mapping[str, str]) -> Metadata:
    return {
        **_pictures(urls),
        "attempts": artifact.attempts,
        "fallback": artifact.fallback,
        **({"why_placeholder": artifact.why_placeholder.detail} if artifact.why_placeholder else {}),
        "colours": ", ".join(artifact.colors),
    }


@preview.register
def _narration(artifact: RecordedNarration, urls: Mapping[str, str]) -> Metadata:
    return {
        **_links(urls),
        "audio_seconds": artifact.narration.seconds,
        "words": len(artifact.narration.words),
    }


@preview.register
def _book(artifact: BookFiles, urls: Mapping[str, str]) -> Metadata:
    return {
        **_links(urls),
        **{f"{name}_kilobytes": round(len(body) / 1000) for name, body in artifact.files.items()},
    }


@preview.register
def _activities(artifact: Activities, urls: Mapping[str, str]) -> Metadata:
    return {"questions": len(artifact.questions)}


def _pictures(urls: Mapping[str, str]) -> Metadata:
    return {"preview": MetadataValue.md("".join(f"![picture]({url})" for url in urls.values()))} if urls else {}


def _links(urls: Mapping[str, str]) -> Metadata:
    """What cannot be seen on the page itself, a click away under its own name: Dagster's UI plays nothing."""
    links = " · ".join(f"[{OPENS.get(name, name)}]({url})" for name, url in urls.items())
    return {"preview": MetadataValue.md(links)} if urls else {}
