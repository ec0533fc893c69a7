"""The assets of a story. Each reads like its sentence; how they run stands in `story_asset`."""

import asyncio

import dagster as dg

from storytailor.catalog import SCENES, SceneName
from storytailor.errors import PermanentError, TransientError
from storytailor.making.activities import make_activities
from storytailor.making.book_files import BookFiles, StoredNarration, StoredPicture, make_epub, make_pdf
from storytailor.making.content import plan_palette, write_story
from storytailor.making.context import AssetContext
from storytailor.making.illustration import Illustration, illustrate
from storytailor.making.narration import RecordedNarration, narrate
from storytailor.making.portraits import ensure_portraits, reference_pictures
from storytailor.story import Activities, PaletteJourney, StoryContent
from storytailor_dagster.story_asset import story_asset


@story_asset(kinds={"openai", "postgres"})
async def content(ctx: AssetContext) -> StoryContent:
    """The story itself: title, beats with what their pictures show, moral, dedication.

    While it is written, portraits are drawn of the characters who have none yet.
    """
    if "cover" not in ctx.brief.assets:
        return await write_story(ctx)
    portraits = asyncio.create_task(ensure_portraits(ctx))
    try:
        story = await write_story(ctx)
        await portraits
    except (TransientError, PermanentError):
        await portraits  # what is being drawn is paid for: once it is kept, the next try draws nobody again
        raise
    finally:
        portraits.cancel()
    return story


@story_asset(kinds={"openai", "postgres"})
async def palette(ctx: AssetContext, content: StoryContent) -> PaletteJourney:
    """How colour carries the story: a motif and named palette steps, the cover's first."""
    return await plan_palette(ctx, content)


@story_asset(kinds={"openai", "s3"})
async def cover(ctx: AssetContext, content: StoryContent, palette: PaletteJourney) -> Illustration:
    """The cover: drawn from the characters' reference images or portraits, in the palette's first step."""
    references = await reference_pictures(ctx, content.cast("cover", ctx.brief.characters))
    return await illustrate(ctx, "cover", content, palette, references)


def _scene(asset: SceneName) -> dg.AssetsDefinition:
    @story_asset(name=asset, kinds={"openai", "s3"})
    async def scene(
        ctx: AssetContext, content: StoryContent, palette: PaletteJourney, cover: StoredPicture
    ) -> Illustration:
        """A scene: drawn from the cover alone, so that poses vary, in its own palette step.

        Where the cover is a placeholder, from what the cover was to be drawn from.
        """
        if cover.fallback:
            references = await reference_pictures(ctx, content.cast(asset, ctx.brief.characters))
            return await illustrate(ctx, asset, content, palette, references)
        drawn = await ctx.store.get(cover.key)
        return await illustrate(ctx, asset, content, palette, [drawn], references_show="cover")

    return scene


scenes = [_scene(name) for name in SCENES]


@story_asset(kinds={"elevenlabs", "s3"})
async def audio(ctx: AssetContext, content: StoryContent) -> RecordedNarration:
    """The narration, with the time of every word and the text in blocks that light up."""
    return await narrate(ctx, content)


@story_asset(kinds={"openai", "postgres"})
async def activities(ctx: AssetContext, content: StoryContent) -> Activities:
    """What to do after reading: questions with answers, two words, an idea."""
    return await make_activities(ctx, content)


@story_asset(kinds={"pdf", "s3"})
async def pdf(
    ctx: AssetContext, content: StoryContent, palette: PaletteJourney, **pictures: StoredPicture
) -> BookFiles:
    """The book as PDF, for the screen and for the printer; waits for the pictures, not for the voice."""
    return await make_pdf(ctx, content, palette, pictures)


@story_asset(kinds={"epub", "s3"})
async def epub(
    ctx: AssetContext,
    content: StoryContent,
    palette: PaletteJourney,
    audio: StoredNarration | None,
    **pictures: StoredPicture,
) -> BookFiles:
    """The read-along book: each word lights up as it is spoken. Without a narration, a book to read."""
    return await make_epub(ctx, content, palette, pictures, audio)
