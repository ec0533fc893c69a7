"""Finished books of the demo user, with pictures to look at and a voice whose every word is a tone of known time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import lameenc
import numpy as np
import psycopg
from PIL import Image, ImageDraw
from psycopg.types.json import Jsonb

from storytailor.catalog import PICTURES, PictureName
from storytailor.making.spoken_text import SpokenText, spoken_text
from storytailor.story import StoryContent
from tests.making.stories import story as written

RATE = 44_100
LETTER_SECONDS = 0.055
SENTENCES = (
    "The lantern hung where the path began.",
    "Maya held it up, and the dark took one step back.",
    "“Listen,” she said, “something is humming.”",
    "It was an owl, and it had lost the end of its song.",
    "They looked for it under every leaf, and laughed a good deal.",
)
HUES = ["#865c43", "#2f5d62", "#6b4a7c"]
ACTIVITIES = {
    "questions": [{"page": 1, "question": "What hung where the path began?", "answer": "The lantern."}] * 3,
    "vocabulary": [{"word": "lantern", "meaning": "A light to carry."}, {"word": "owl", "meaning": "A bird."}],
    "idea": {"kind": "drawing", "prompt": "Draw the owl."},
}
PREFLIGHT = {
    "home": {"passes": True, "made": True, "problems": [], "notes": ["Softer than could be."]},
    "kdp": {"passes": False, "made": False, "problems": ["There are 20 pages; the printer binds 24."], "notes": []},
}


@dataclass(frozen=True)
class Book:
    """What is on the shelf: its texts, and the words with their times."""

    content: StoryContent
    language: str = "en"
    hues: Sequence[str] = tuple(HUES)

    @property
    def spoken(self) -> SpokenText:
        return spoken_text(self.content, self.language)

    @property
    def words(self) -> list[dict[str, Any]]:
        """Each letter takes as long as the other; words are as long as they are."""
        return [
            {
                "txt": word.text,
                "start": round(word.start * LETTER_SECONDS, 3),
                "end": round(word.end * LETTER_SECONDS, 3),
            }
            for word in self.spoken.words
        ]

    @property
    def recorded(self) -> bytes:
        return recording(self.spoken.text, tuple((word["start"], word["end"]) for word in self.words))

    def named(self, title: str) -> Book:
        return replace(self, content=self.content.model_copy(update={"title": title}))


def lantern(*texts: str) -> Book:
    """A book of four scenes, the first of which is too long for one page."""
    long = "\n\n".join([" ".join(SENTENCES), " ".join(SENTENCES[:4]), " ".join(SENTENCES[1:])])
    return Book(written(*(texts or (long, *(" ".join(SENTENCES[at:]) for at in range(3)))), title="The Lantern"))


@cache
def recording(text: str, words: tuple[tuple[float, float], ...]) -> bytes:
    """A text as an MP3: a tone for each of its words, another one for the next, silence between."""
    samples = np.zeros(round((len(text) * LETTER_SECONDS + 0.5) * RATE))
    for place, (begins, ends) in enumerate(words):
        start, end = round(begins * RATE), round(ends * RATE)
        samples[start:end] = 0.3 * np.sin(2 * np.pi * (300 + 40 * (place % 12)) * np.arange(end - start) / RATE)
    encoder = lameenc.Encoder()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(RATE)
    encoder.set_bit_rate(64)
    encoder.set_quality(7)
    encoder.silence()
    return bytes(encoder.encode((samples * 32_767).astype("<i2").tobytes()) + encoder.flush())


@cache
def picture(number: int) -> bytes:
    """A hill, a sky and a moon, other ones for each number."""
    image = Image.new("RGB", (256, 256), (70 + 30 * number, 90, 150 - 20 * number))
    pen = ImageDraw.Draw(image)
    pen.ellipse((160 - 20 * number, 30, 210 - 20 * number, 80), fill=(250, 240, 200))
    pen.ellipse((-80, 150, 340, 420), fill=(40, 110 - 10 * number, 70))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Shelf:
    """Writes books into the house's database and store, as workers would."""

    def __init__(self, database_url: str, assets: Path, base_url: str, owner: UUID) -> None:
        self.database_url, self._assets, self._base_url, self.owner = database_url, assets, base_url, owner

    def begun(self, book: Book) -> str:
        """A story of which nothing is there yet; its id."""
        story_id = str(uuid4())
        maya = {"id": str(uuid4()), "name": "Maya", "age": 6, "species": "human", "appearance": "", "traits": []}
        brief = {
            **{"story_type": "bedtime", "themes": ["courage"], "age": 6, "language": book.language, "voice_id": None},
            "characters": [maya | {"reference_images": []}],
        }
        names = ("content", "palette", *PICTURES, "audio", "activities", "pdf", "epub")
        status = {"overall": "generating", "assets": {name: {"status": "pending", "progress": 0} for name in names}}
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "INSERT INTO stories (id, library_id, creator_user_id, title, brief, asset_generation_status,"
                " asset_generation_started_at) SELECT %s, id, owner_user_id, %s, %s, %s, now() FROM libraries"
                " WHERE owner_user_id = %s",
                (story_id, book.content.title, Jsonb(brief), Jsonb(status), self.owner),
            )
        return story_id

    def set(self, story_id: str, **assets: dict[str, Any]) -> None:
        """Write what is known of these assets."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute("SELECT patch_story_assets(%s, %s)", (story_id, Jsonb(assets)))

    def write(self, story_id: str, book: Book) -> None:
        """The words are there."""
        with psycopg.connect(self.database_url) as connection:
            content = Jsonb(book.content.model_dump(mode="json"))
            connection.execute(
                "UPDATE stories SET content = %s, title = %s WHERE id = %s", (content, book.content.title, story_id)
            )
        self.set(
            story_id,
            content=ready(data={"title": book.content.title}),
            palette=ready(data=palette(), metadata={"motif": "A Light in the Dark"}),
        )

    def speak(self, story_id: str, book: Book) -> None:
        """The voice is there, with its words."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "UPDATE stories SET audio_words = %s, audio_blocks = %s WHERE id = %s",
                (Jsonb(book.words), Jsonb(book.spoken.blocks()), story_id),
            )
        self.set(story_id, audio=self._stored(story_id, "audio-0123456789ab.mp3", book.recorded))

    def paint(self, story_id: str, book: Book, name: PictureName) -> None:
        """A picture is there."""
        number = PICTURES.index(name)
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "UPDATE stories SET hue_extracted_colors = coalesce(hue_extracted_colors, '{}') || %s WHERE id = %s",
                (Jsonb({name: list(book.hues)}), story_id),
            )
        metadata = {"alt": f"A hill under the moon, {name}.", "motif": "A Light in the Dark", "paletteStep": "Moonlit"}
        self.set(
            story_id,
            **{name: self._stored(story_id, f"{name}-{number:012x}.png", picture(number)) | {"metadata": metadata}},
        )

    def put(self, book: Book) -> str:
        """A whole book; its id."""
        story_id = self.begun(book)
        self.write(story_id, book)
        for name in PICTURES:
            self.paint(story_id, book, name)
        self.speak(story_id, book)
        pdf = self._stored(story_id, "pdf-0123456789ab.pdf", b"%PDF-1.7\n")
        pdf["metadata"] = {"printUrl": pdf["url"], "preflight": PREFLIGHT}
        self.set(
            story_id,
            activities=ready(data=ACTIVITIES),
            pdf=pdf,
            epub=self._stored(story_id, "epub-0123456789ab.epub", b"PK\x03\x04"),
        )
        return story_id

    def copies(self, story_id: str, number: int) -> None:
        """So many more of the same with covers of their own, each a little older than the one before."""
        cover = next((self._assets / "stories" / story_id).glob("cover-*"))
        with psycopg.connect(self.database_url) as connection:
            made = connection.execute(
                "INSERT INTO stories (id, library_id, creator_user_id, title, brief, content, asset_generation_status,"
                " created_at) SELECT gen_random_uuid(), library_id, creator_user_id, title || ' ' || n, brief, content,"
                " asset_generation_status, created_at - n * interval '1 minute' FROM stories, generate_series(1, %s) n"
                " WHERE id = %s RETURNING id::text",
                (number, story_id),
            ).fetchall()
            connection.execute(
                "UPDATE stories SET asset_generation_status ="
                " replace(asset_generation_status::text, %s, id::text)::jsonb WHERE id = ANY(%s::uuid[])",
                (story_id, [copy for (copy,) in made]),
            )
        for (copy,) in made:
            folder = self._assets / "stories" / copy
            folder.mkdir()
            (folder / cover.name).symlink_to(cover)

    def _stored(self, story_id: str, name: str, data: bytes) -> dict[str, Any]:
        key = f"stories/{story_id}/{name}"
        path = self._assets / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return ready(url=self._base_url + key)


def ready(**known: Any) -> dict[str, Any]:
    return {"status": "ready", "progress": 100, **known}


def palette() -> dict[str, Any]:
    names = ("Moonlit indigo", "Still-water sage", "Enchanted amethyst", "Rose-lit closeness", "Starlight and velvet")
    return {"motif": "A Light in the Dark", "steps": [{"name": name, "colours": HUES} for name in names]}
