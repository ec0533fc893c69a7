"""A small finished story to make books of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, ImageDraw

from storytailor.book import Book, BookPicture
from storytailor.catalog import PICTURES
from storytailor.story import (
    Activities,
    Beat,
    Idea,
    Narration,
    PaletteJourney,
    PaletteStep,
    Question,
    StoryContent,
    VocabularyWord,
    Word,
)

TEXTS = (
    "Maya lived in the last house of the village, where the road stopped and the wood began.\n\n"
    "“What if something is in there?” she asked.\n\n“Something is,” said Leo. “Trees. Owls.”",
    "The next day the fog lay low. Maya put on her red coat and took Leo’s hand.\n\n"
    "“I am a little afraid,” said Maya—and she walked on.",
    "Night came early. Between two stones something glimmered, small and golden. It was the lantern!",
    "When they came out of the wood the sky was turning pink.\n\n“We found my light,” said Maya.",
)

PALETTE = PaletteJourney(
    motif="Overcoming Fear",
    steps=[
        PaletteStep(name="Golden morning", colors=["#f7b267", "#7fb069", "#2e4057", "#fde3a7"]),
        PaletteStep(name="Village air", colors=["#bfe3f2", "#4c8c4a", "#ffe08a"]),
        PaletteStep(name="Grey worry", colors=["#6b7fa3", "#32463f", "#c5c3d8"]),
        PaletteStep(name="Deep night", colors=["#1b2145", "#4a3f78", "#f5d76e", "#2c3a4f"]),
        PaletteStep(name="Sunset home", colors=["#ff9a76", "#ffd9a0", "#6d3b47"]),
    ],
)

ACTIVITIES = Activities(
    questions=[
        Question(question="Where did Maya live?", answer="In the last house.", page=1),
        Question(question="What colour was her coat?", answer="Red.", page=2),
        Question(question="What glimmered between the stones?", answer="The lantern.", page=3),
    ],
    vocabulary=[
        VocabularyWord(word="glimmered", meaning="shone with a small, soft light"),
        VocabularyWord(word="fog", meaning="a cloud that lies on the ground"),
    ],
    idea=Idea(kind="drawing", prompt="Draw a light that makes a dark place safe."),
)


def make_content(texts: tuple[str, ...] = TEXTS, title: str = "The Lantern in the Whispering Wood") -> StoryContent:
    return StoryContent(
        title=title,
        beats=[Beat(text=text, seen="Maya", alt="Maya", cast=["Maya"], mood="calm") for text in texts],
        cover_scene="Maya and Leo at the edge of the wood",
        cover_alt="Maya and Leo at the edge of the wood",
        moral="You can be afraid and walk at the same time.",
        dedication="For everyone who leaves the light on.",
    )


def make_picture(width: int = 300, height: int = 300, kind: str = "PNG", sky: str = "#8fb8de") -> bytes:
    image = Image.new("RGB", (width, height), sky)
    pen = ImageDraw.Draw(image)
    for number in range(12):
        pen.ellipse((number * 25, height * 0.7, number * 25 + 20, height * 0.9), fill=(number * 20, 90, 60))
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def make_pictures(side: int = 300) -> dict[str, BookPicture]:
    return {name: BookPicture(make_picture(side, side), f"What {name} shows") for name in PICTURES}


def make_book(**changes: object) -> Book:
    """The example, with these fields of `Book` changed."""
    example = Book(
        story_id="3f0c6f5e-1d0a-4a53-9b5e-0e6f9c1d2a77",
        content=make_content(),
        palette=PALETTE,
        pictures=make_pictures(),
        activities=ACTIVITIES,
        language="en",
        authors=("Maya", "Leo"),
        modified=datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC),
        age_band="6-8",
    )
    return replace(example, **changes)  # type: ignore[arg-type]


def make_narration(text: str) -> Narration:
    """A word every 0.4 s, each 0.3 s long."""
    spoken = text.replace("—", " ").split()
    words = [
        Word(txt=word, start=round(0.2 + 0.4 * number, 3), end=round(0.5 + 0.4 * number, 3))
        for number, word in enumerate(spoken)
    ]
    return Narration(words=words, blocks=dict.fromkeys("abcd", ""), seconds=words[-1].end + 0.2)
