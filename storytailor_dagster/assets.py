"""The assets of a story. Each reads like its sentence; how they run stands in `story_asset`."""

import asyncio

from storytailor.making.activities import make_activities
from storytailor.making.book_files import (
    EpubFile,
    PdfFiles,
    StoredPicture,
    StoredVoice,
    bind_epub,
    bind_pdf,
)
from storytailor.making.content import plan_palette, write_story
from storytailor.making.context import Desk
from storytailor.making.illustration import Illustration, illustrate
from storytailor.making.narration import Voice, narrate
from storytailor.making.portraits import references, sit_for_portraits
from storytailor.story import Activities, PaletteJourney, StoryContent
from storytailor_dagster.story_asset import story_asset


@story_asset(kinds={"openai", "postgres"})
async def content(desk: Desk) -> StoryContent:
    """The story itself: title, four beats with what their pictures show, moral, dedication.

    While it is written, characters nobody has drawn yet sit for their portraits.
    """
    if "cover" not in desk.brief.assets:
        return await write_story(desk)
    portraits = asyncio.create_task(sit_for_portraits(desk))
    try:
        story = await write_story(desk)
        await portraits
    finally:
        portraits.cancel()
    return story


@story_asset(kinds={"openai", "postgres"})
async def palette(desk: Desk, content: StoryContent) -> PaletteJourney:
    """How colour carries the story: a motif and five named palette steps, the cover's first."""
    return await plan_palette(desk, content)


@story_asset(kinds={"openai", "s3"})
async def cover(desk: Desk, content: StoryContent, palette: PaletteJourney) -> Illustration:
    """The cover: drawn from the characters' reference images or portraits, in the palette's first step."""
    return await illustrate(desk, "cover", content, palette, await references(desk))


def _scene(asset: str) -> object:
    @story_asset(name=asset, kinds={"openai", "s3"})
    async def scene(
        desk: Desk, content: StoryContent, palette: PaletteJourney, cover: StoredPicture
    ) -> Illustration:
        """A scene: drawn from the cover alone, so that poses vary, in its own palette step."""
        return await illustrate(desk, asset, content, palette, [await desk.store.get(cover.key)])

    return scene


scene_1, scene_2, scene_3, scene_4 = (_scene(f"scene_{number}") for number in (1, 2, 3, 4))


@story_asset(kinds={"elevenlabs", "s3"})
async def audio(desk: Desk, content: StoryContent) -> Voice:
    """The narration, with the time of every word and the text in blocks that light up."""
    return await narrate(desk, content)


@story_asset(kinds={"openai", "postgres"})
async def activities(desk: Desk, content: StoryContent) -> Activities:
    """What to do after reading: questions with answers, two words, an idea."""
    return await make_activities(desk, content)


@story_asset(kinds={"pdf", "s3"})
async def pdf(
    desk: Desk, content: StoryContent, palette: PaletteJourney, **pictures: StoredPicture
) -> PdfFiles:
    """The book as PDF, for the screen and for the printer; waits for the pictures, not for the voice."""
    return await bind_pdf(desk, content, palette, pictures)


@story_asset(kinds={"epub", "s3"})
async def epub(
    desk: Desk,
    content: StoryContent,
    palette: PaletteJourney,
    audio: StoredVoice | None,
    **pictures: StoredPicture,
) -> EpubFile:
    """The read-along book: each word lights up as it is spoken. Without a narration, a book to read."""
    return await bind_epub(desk, content, palette, pictures, audio)
