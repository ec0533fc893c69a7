"""CPU seconds of all files of one story's book: pictures decoded, colours, both PDFs, the EPUB, the MP3 joined.

Files for printers and the preflight stand below: they are not made unless they are asked for.

    python -m bench.book_files [times]

The emulator draws and speaks the story beforehand; that is the providers' time and is not counted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from emulator_models import illustrator, storyteller
from emulator_models.answers import AudioFormat, ContentOrder, Data, Narration
from emulator_models.narrator import VOICES, narrate
from storytailor.book import Book, BookPicture, epub, print_pdf, printer_files, screen_pdf
from storytailor.catalog import PICTURES, PictureName
from storytailor.decoded_pictures import decoded
from storytailor.making.drawing import require_image
from storytailor.making.hue_colors import deep_contrasting_colors
from storytailor.making.mp3 import join_recordings, sounding
from storytailor.making.preflight import preflight
from storytailor.making.prompting import prompt
from storytailor.making.spoken_text import spoken_text
from storytailor.making.word_times import character_times, timed_words
from storytailor.printing.facts import read_pdfs
from storytailor.printing.profiles import file_name, profiles
from storytailor.providers.elevenlabs import Speech
from storytailor.story import Activities, PaletteJourney, StoryContent
from storytailor.story import Narration as BookNarration

MAX_SECONDS = 1.2

_MAYA = {
    "name": "Maya",
    "age": 7,
    "species": "human",
    "appearance": "curly dark hair, yellow raincoat",
    "traits": [],
}
_REQUEST = {
    "characters": [_MAYA],
    "story_type": "adventure",
    "themes": ["courage"],
    "title": None,
    "age": 7,
    "age_band": "6-8",
    "words": {"min": 450, "max": 800},
    "language": "en",
    "correction": None,
}


def main(times: int) -> None:
    book, spoken = _a_story()
    best: dict[str, float] = {}
    for _ in range(times):
        for name, seconds in _measure(book, spoken).items():
            best[name] = min(best.get(name, seconds), seconds)
    for name, seconds in best.items():
        print(f"{name:<16}{seconds:6.2f} CPU-s")
    total = sum(best.values())
    print(f"{'all files':<16}{total:6.2f} CPU-s (limit {MAX_SECONDS}), the least of {times} each")
    _measure_printers(book)
    sys.exit(total > MAX_SECONDS)


def _measure_printers(book: Book) -> None:
    """Print what each printer's files take, and their preflight with the home file's."""
    home = print_pdf(book)
    for name, printer in profiles().items():
        began = time.process_time()
        made = printer_files(book, printer) if printer.apart else {}
        done = time.process_time()
        files = {file_name(name, part): body for part, body in made.items()}
        preflight(read_pdfs({"print": home, **files}))
        size = sum(map(len, files.values())) or len(home)
        judged = time.process_time() - done
        print(f"{name:<16}{done - began:6.2f} CPU-s, preflight {judged:.2f}, {size / 1e6:.1f} MB")


def _measure(book: Book, spoken: Narration) -> dict[str, float]:
    decoded.cache_clear()  # each measurement is of a new story
    pictures = [picture.image for picture in book.pictures.values()]
    told, heard = spoken_text(book.content, book.language), spoken.alignment
    speech = Speech(spoken.audio, heard.characters, heard.starts, heard.ends)

    def words() -> BookNarration:
        timed = timed_words(list(told.words), character_times(told.text, speech, sounding(spoken.audio)))
        return BookNarration(words=timed, blocks=told.blocks(), seconds=spoken.seconds)

    work: dict[str, Callable[[], object]] = {
        "decoding": lambda: _decode(pictures),
        "colors": lambda: [deep_contrasting_colors(picture) for picture in pictures],
        "narration": lambda: (join_recordings([spoken.audio]), words()),
        "screen PDF": lambda: screen_pdf(book),
        "print PDF": lambda: print_pdf(book),
        "EPUB": lambda: epub(book, words(), spoken.audio),
    }
    return {name: _cpu_seconds(do) for name, do in work.items()}


def _decode(pictures: list[bytes]) -> None:
    for picture in pictures:
        require_image(picture)


def _cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _a_story() -> tuple[Book, Narration]:
    content = StoryContent.model_validate(_answer("StoryContent", _REQUEST))
    beats = [beat.model_dump() for beat in content.beats]
    about = {**_REQUEST, "title": content.title, "beats": beats, "moral": content.moral}
    palette = PaletteJourney.model_validate(_answer("PaletteJourney", about))
    activities = Activities.model_validate(_answer("Activities", about))
    pictures: dict[str, BookPicture] = {asset: _picture(asset, content, palette) for asset in PICTURES}
    at = datetime.now(UTC)
    book = Book(str(uuid4()), content, palette, pictures, activities, "en", ["Maya"], at, "6-8")
    return book, narrate(spoken_text(content, "en").text, VOICES[0].id, AudioFormat(44_100, 128))


def _answer(shape: str, data: Data) -> Data:
    return storyteller.answer(ContentOrder(shape, data, "", seed=1))


def _picture(asset: PictureName, content: StoryContent, palette: PaletteJourney) -> BookPicture:
    data = {
        "asset": asset,
        "title": content.title,
        "story_type": "adventure",
        "scene": content.scene(asset),
        "analysis": None,
        "mood": content.mood(asset),
        "motif": palette.motif,
        "palette": palette.step(asset).model_dump(),
        "characters": [_MAYA],
        "feedback": [],
    }
    asked = prompt("picture", data, asset=asset, references="characters", staged=False, feedback=[], company=False)
    drawn = illustrator.draw(asked, size=(1024, 1024))
    return BookPicture(drawn, content.alt(asset))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
