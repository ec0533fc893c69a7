"""The book's files: what is stored of the story's parts is read, and the typesetting done off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from storytailor.book import Book, BookPicture, epub, print_pdf, printer_files, screen_pdf
from storytailor.errors import ObjectMissingError
from storytailor.making.context import AssetContext
from storytailor.printing.profiles import file_name, profiles
from storytailor.story import Narration, PaletteJourney, StoryContent
from storytailor.turns import in_turn

PLAIN_NAMES = {"cover": "the cover", "audio": "the narration"}
"""What a family calls a part that is not a scene."""


@dataclass(frozen=True)
class StoredPicture:
    """A picture of the story, by its key in the object store."""

    key: str
    alt: str
    fallback: bool


@dataclass(frozen=True)
class StoredNarration:
    """The narration of the story: its times, and its audio by key."""

    key: str
    narration: Narration


@dataclass(frozen=True)
class BookFiles:
    """The book as files by name: `pdf` for the screen, `print` for home and `luluCover` and such, or `epub`.

    Those in `unsigned` carry no content credentials: a printer's standard forbids what is attached to a file.
    """

    files: Mapping[str, bytes]
    unsigned: frozenset[str] = frozenset()


async def make_pdf(
    ctx: AssetContext, content: StoryContent, palette: PaletteJourney, pictures: Mapping[str, StoredPicture]
) -> BookFiles:
    """All PDFs. Activities are in them if they are ready by now; a PDF does not wait for them."""
    book = await _book(ctx, content, palette, pictures)
    screen = await in_turn(screen_pdf, book)
    await ctx.progress(50)
    files = {"pdf": screen, "print": await in_turn(print_pdf, book)}
    for_printers: dict[str, bytes] = {}
    for printer in sorted(ctx.settings.print_profiles):
        made = await in_turn(printer_files, book, profiles()[printer])
        for_printers |= {file_name(printer, part): body for part, body in made.items()}
    return BookFiles({**files, **for_printers}, unsigned=frozenset(for_printers))


async def make_epub(
    ctx: AssetContext,
    content: StoryContent,
    palette: PaletteJourney,
    pictures: Mapping[str, StoredPicture],
    audio: StoredNarration | None,
) -> BookFiles:
    """The EPUB; it reads itself aloud where there is a narration."""
    book = await _book(ctx, content, palette, pictures)
    mp3 = await _stored(ctx, "audio", audio.key) if audio else None
    await ctx.progress(50)
    narration = audio.narration if audio else None
    return BookFiles({"epub": await in_turn(epub, book, narration, mp3)})


async def _book(
    ctx: AssetContext, content: StoryContent, palette: PaletteJourney, pictures: Mapping[str, StoredPicture]
) -> Book:
    images = await asyncio.gather(*(_stored(ctx, name, picture.key) for name, picture in pictures.items()))
    await ctx.progress(20)
    return Book(
        story_id=str(ctx.brief.story_id),
        content=content,
        palette=palette,
        pictures={
            name: BookPicture(image, picture.alt, picture.fallback)
            for (name, picture), image in zip(pictures.items(), images, strict=True)
        },
        activities=await ctx.activities(),
        language=ctx.brief.language,
        authors=[character.name for character in ctx.brief.characters],
        modified=datetime.now(UTC),
        age_band=ctx.brief.age_band,
    )


async def _stored(ctx: AssetContext, part: str, key: str) -> bytes:
    """The bytes of a part of the story. Raises ObjectMissingError that says which part has to be made again."""
    try:
        return await ctx.store.get(key)
    except ObjectMissingError as missing:
        name = PLAIN_NAMES.get(part, part.replace("_", " "))
        says = f"The stored file of {name} cannot be read any more. Have {name} made again: the book follows it."
        raise ObjectMissingError(says, remedy=missing.remedy, detail=missing.detail) from missing
