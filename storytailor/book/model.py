"""What a book file is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from storytailor.story import Activities, AgeBand, PaletteJourney, StoryContent


@dataclass(frozen=True)
class BookPicture:
    """A picture as it is stored, PNG or JPEG, with its alternative text; `fallback` for a placeholder."""

    image: bytes
    alt: str
    fallback: bool = False


@dataclass(frozen=True)
class Book:
    """A finished story.

    `pictures` are those of `catalog.PICTURES`, by name, any of which may be missing; `authors` are the
    characters' names, `age_band` the reader's, by which the text has its size; `modified` is when what is in it
    last changed, in UTC.
    """

    story_id: str
    content: StoryContent
    palette: PaletteJourney
    pictures: Mapping[str, BookPicture]
    activities: Activities | None
    language: str
    authors: Sequence[str]
    modified: datetime
    age_band: AgeBand
