"""All that is spoken of a story, in the book's order: title and dedication, the beats, and how it ends.

Between these parts a page is turned, for which the voice takes a longer breath than between paragraphs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from string import ascii_lowercase

from storytailor.book.strings import strings_in
from storytailor.story import STORY_BEATS, StoryContent
from storytailor.text.words import WordSpan, word_spans

BLOCKS = tuple(ascii_lowercase[:STORY_BEATS])
"""The names of the text's blocks, one a beat: a to d."""
PARAGRAPH = "\n\n"
_PARAGRAPH_END = re.compile(r"\S\s*\n\s*\n\s*")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)]*\s+|[。！？]['\"”’」』]*\s*|[।۔።]\s*")
_WORD_END = re.compile(r"\S\s+")


@dataclass(frozen=True)
class Chunk:
    """What one call to the voice speaks: a part of the text, and where in it pages are turned."""

    text: str
    turns: tuple[int, ...]

    def with_pauses(self, pause: str) -> str:
        """The text as the voice is sent it, `pause` in its own language wherever a page is turned."""
        ends = (0, *self.turns, len(self.text))
        return pause.join(self.text[start:end] for start, end in pairwise(ends))


@dataclass(frozen=True)
class SpokenText:
    """The parts that are spoken: an opening, a beat each, an ending; and the language they are in."""

    parts: tuple[str, ...]
    language: str

    @property
    def text(self) -> str:
        """The whole, its parts parted as paragraphs are."""
        return PARAGRAPH.join(self.parts)

    @property
    def words(self) -> Iterator[WordSpan]:
        """Every word that is spoken."""
        return word_spans(self.text, self.language)

    def chunks(self, most: int) -> list[Chunk]:
        """The text in parts of at most `most` characters, cut after paragraphs, else sentences, else words.

        Joined they are the text again.
        """
        turns = [end - len(PARAGRAPH) for end in accumulate(len(part) + len(PARAGRAPH) for part in self.parts[:-1])]
        chunks, at = [], 0
        for text in _cut(self.text, most):
            chunks.append(Chunk(text, tuple(turn - at for turn in turns if at < turn < at + len(text))))
            at += len(text)
        return chunks

    def blocks(self) -> dict[str, str]:
        """The beats as safe HTML, one `<span data-w="i">` a spoken word, `i` into all words that are spoken."""
        number = sum(1 for _ in word_spans(self.parts[0], self.language))
        blocks: dict[str, str] = {}
        for name, beat in zip(BLOCKS, self.parts[1:-1], strict=True):
            paragraphs = []
            for paragraph in re.split(r"\n\s*\n", beat):
                marked, number = self._marked(paragraph, number)
                paragraphs.append(f"<p>{marked}</p>")
            blocks[name] = "".join(paragraphs)
        return blocks

    def _marked(self, paragraph: str, number: int) -> tuple[str, int]:
        parts, reached = [], 0
        for word in word_spans(paragraph, self.language):
            parts.append(_escaped(paragraph[reached : word.start]))
            parts.append(f'<span data-w="{number}">{html.escape(word.text)}</span>')
            number += 1
            reached = word.end
        return "".join([*parts, _escaped(paragraph[reached:])]), number


def spoken_text(content: StoryContent, language: str) -> SpokenText:
    """What is spoken of the story."""
    opening = _paragraphs(content.title, content.dedication)
    ending = _paragraphs(strings_in(language).the_end, content.moral)
    return SpokenText((opening, *(beat.text.strip() for beat in content.beats), ending), language)


def _paragraphs(*lines: str) -> str:
    return PARAGRAPH.join(line if re.search(r"\W$", line) else f"{line}." for line in map(str.strip, lines) if line)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _cut(text: str, most: int) -> Sequence[str]:
    chunks = []
    while len(text) > most:
        window = text[:most]
        ends = (
            max((match.end() for match in pattern.finditer(window)), default=0)
            for pattern in (_PARAGRAPH_END, _SENTENCE_END, _WORD_END)
        )
        cut = next(filter(None, ends), most)
        chunks.append(text[:cut])
        text = text[cut:]
    return [*chunks, text]
