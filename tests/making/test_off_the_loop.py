"""The processor's work of a book is done in threads: the loop that serves every other story goes on."""

from __future__ import annotations

import time
from uuid import UUID

from storytailor.making.book_files import StoredNarration, StoredPicture, make_epub, make_pdf
from storytailor.making.illustration import illustrate
from storytailor.making.narration import narrate
from tests.book import sample_book
from tests.making.beeping import beeping
from tests.making.conftest import ContextFor
from tests.making.wire import Wire


class LoopWork:
    """The processor time of the loop's own thread, whatever else the machine does; in seconds."""

    seconds = 0.0
    all_threads = 0.0

    def __enter__(self) -> LoopWork:
        self._began = time.thread_time(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.thread_time() - self._began[0]
        self.all_threads = time.process_time() - self._began[1]


async def test_binding_a_book_holds_nothing_up(context_for: ContextFor, story_id: UUID) -> None:
    ctx, content = context_for(story_id=story_id), sample_book.make_content()
    pictures = {}
    for asset in sample_book.make_pictures():
        key = f"stories/{ctx.brief.story_id}/{asset}.png"
        await ctx.store.put(key, sample_book.make_picture(1024, 1024))
        pictures[asset] = StoredPicture(key, f"What {asset} shows", False)
    await ctx.store.put("stories/x/voice.mp3", b"\xff\xfb")
    voice = StoredNarration("stories/x/voice.mp3", sample_book.make_narration(content.text))
    with LoopWork() as work:
        files = await make_pdf(ctx, content, sample_book.PALETTE, pictures)
        book = await make_epub(ctx, content, sample_book.PALETTE, pictures, voice)
    assert files.files["pdf"].startswith(b"%PDF")
    assert files.files["print"].startswith(b"%PDF")
    assert book.files["epub"].startswith(b"PK")
    assert work.seconds < 0.2 * work.all_threads


async def test_a_picture_and_a_narration_hold_nothing_up(context_for: ContextFor, wire: Wire) -> None:
    ctx, content = context_for(), sample_book.make_content()
    wire.answer("text-to-speech", beeping(0.2))
    with LoopWork() as work:
        picture = await illustrate(ctx, "cover", content, sample_book.PALETTE, [])
        voice = await narrate(ctx, content)
    assert len(set(picture.colors)) == 3
    assert voice.mp3
    assert work.seconds < 0.4 * work.all_threads
