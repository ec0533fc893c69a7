"""The book files: what is stored of the parts is read, and the book maker's work done off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from storytailor.book import Book, BookPicture, epub, print_pdf, screen_pdf
from storytailor.making.context import Desk
from storytailor.story import Narration, PaletteJourney, StoryContent


@dataclass(frozen=True)
class StoredPicture:
    """A picture of the story, by its key in the object store."""

    key: str
    alt: str
    fallback: bool


@dataclass(frozen=True)
class StoredVoice:
    """The narration of the story: its times, and its audio by key."""

    key: str
    narration: Narration


@dataclass(frozen=True)
class PdfFiles:
    """The book as PDF: for the screen, and for the printer."""

    screen: bytes
    print: bytes


@dataclass(frozen=True)
class EpubFile:
    """The book as EPUB, reading itself aloud where there is a narration."""

    epub: bytes


async def bind_pdf(
    desk: Desk,
    content: StoryContent,
    palette: PaletteJourney,
    pictures: Mapping[str, StoredPicture],
) -> PdfFiles:
    """Both PDFs. Activities are bound in when they are there by now; they hold nothing up."""
    book = await _book(desk, content, palette, pictures)
    screen = await asyncio.to_thread(screen_pdf, book)
    await desk.progress(50)
    return PdfFiles(screen, await asyncio.to_thread(print_pdf, book))


async def bind_epub(
    desk: Desk,
    content: StoryContent,
    palette: PaletteJourney,
    pictures: Mapping[str, StoredPicture],
    voice: StoredVoice | None,
) -> EpubFile:
    """The EPUB; it reads itself aloud where there is a narration."""
    book = await _book(desk, content, palette, pictures)
    audio = await desk.store.get(voice.key) if voice else None
    await desk.progress(50)
    return EpubFile(await asyncio.to_thread(epub, book, voice.narration if voice else None, audio))


async def _book(
    desk: Desk,
    content: StoryContent,
    palette: PaletteJourney,
    pictures: Mapping[str, StoredPicture],
) -> Book:
    images = await asyncio.gather(*(desk.store.get(picture.key) for picture in pictures.values()))
    await desk.progress(20)
    return Book(
        story_id=str(desk.brief.story_id),
        content=content,
        palette=palette,
        pictures={
            name: BookPicture(image, picture.alt, picture.fallback)
            for (name, picture), image in zip(pictures.items(), images, strict=True)
        },
        activities=await desk.activities(),
        language=desk.brief.language,
        authors=[character.name for character in desk.brief.characters],
    )
