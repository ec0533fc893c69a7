"""The EPUB's pages as XHTML. Whatever comes from outside is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from storytailor.book.overlays import WORD, Clip
from storytailor.book.story_text import lead_words, paragraphs
from storytailor.book.wording import Wording
from storytailor.story import Activities, PaletteJourney, StoryContent

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


def plain(text: str) -> str:
    """The text escaped for XML, without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", text))


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.lower().split("-")[0] in _RIGHT_TO_LEFT else "ltr"


def page(title: str, language: str, body: str, kind: str, name: str) -> str:
    """A whole document: `kind` is the body's epub:type, `name` its class."""
    tag = plain(language)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' lang="{tag}" xml:lang="{tag}" dir="{direction(language)}">\n'
        f'<head><meta charset="utf-8"/><title>{plain(title)}</title>'
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
        f'<body epub:type="{kind}" class="{name}">\n{body}\n</body>\n</html>\n'
    )


def figure(image: str, alt: str) -> str:
    """A picture the width of the page; without alternative text it is decoration."""
    role = "" if alt else ' role="presentation"'
    return f'<figure><img src="{image}" alt="{plain(alt)}"{role}/></figure>'


def scene(image: str, alt: str, label: str, text: str, clips: Iterator[Clip | None]) -> str:
    """A scene: its picture, and its text with a span around each word that is spoken.

    Takes from `clips` one for each word of the text.
    """
    lead = lead_words(text)
    set_paragraphs = []
    for number, paragraph in enumerate(paragraphs(text)):
        opening, rest = _parted(paragraph, 0 if number else lead)
        led = f'<span class="lead">{_marked(opening, clips)}</span> ' if opening else ""
        set_paragraphs.append(f"<p>{led}{_marked(rest, clips)}</p>")
    return (
        f'<section id="text" epub:type="chapter" aria-label="{plain(label)}">\n{figure(image, alt)}\n'
        + "\n".join(set_paragraphs)
        + "\n</section>"
    )


def _parted(paragraph: str, words: int) -> tuple[str, str]:
    split = paragraph.split()
    return " ".join(split[:words]), " ".join(split[words:])


def _marked(text: str, clips: Iterator[Clip | None]) -> str:
    """The text with a span around each word that has a clip."""
    parts, reached = [], 0
    for match in WORD.finditer(text):
        clip = next(clips)
        word = plain(match[0])
        parts += [
            plain(text[reached : match.start()]),
            f'<span id="w{clip.word}">{word}</span>' if clip else word,
        ]
        reached = match.end()
    return "".join([*parts, plain(text[reached:])])


def dedication(content: StoryContent, about: str) -> str:
    """The title and the dedication."""
    return (
        f'<section epub:type="dedication" class="quiet"><h1>{plain(content.title)}</h1>'
        f"<p>{plain(about)}</p><p>{plain(content.dedication)}</p></section>"
    )


def ending(moral: str, words: Wording) -> str:
    """The end, and what a child takes away."""
    return (
        f'<section class="quiet"><h1>{plain(words.the_end)}</h1><p class="moral">{plain(moral)}</p></section>'
    )


def activities(work: Activities, words: Wording) -> str:
    """Questions with a way back to their scene, words with their meanings, an idea."""
    questions = "".join(
        f"<li>{plain(question.question)}{_way_back(question.page, words)}</li>" for question in work.questions
    )
    vocabulary = "".join(
        f"<dt>{plain(entry.word)}</dt><dd>{plain(entry.meaning)}</dd>" for entry in work.vocabulary
    )
    idea = words.drawing if work.idea.kind == "drawing" else words.talking
    return (
        f"<section><h1>{plain(words.questions)}</h1><ol>{questions}</ol></section>\n"
        f"<section><h2>{plain(words.words)}</h2><dl>{vocabulary}</dl></section>\n"
        f"<section><h2>{plain(idea)}</h2><p>{plain(work.idea.prompt)}</p></section>"
    )


def _way_back(number: int, words: Wording) -> str:
    if not 1 <= number <= 4:
        return ""
    return f' <a href="scene_{number}.xhtml">{plain(words.scene.format(number=number))}</a>'


def answers(work: Activities, words: Wording) -> str:
    """The answers in the questions' order."""
    entries = "".join(f"<li>{plain(question.answer)}</li>" for question in work.questions)
    return f"<section><h1>{plain(words.answers)}</h1><ol>{entries}</ol></section>"


def colophon(palette: PaletteJourney, words: Wording, lines: Sequence[str]) -> str:
    """The story's colours by name, and how the book was made."""
    steps = "".join(
        "<li>"
        + "".join(
            f'<span class="swatch" style="background-color: {colour}"></span>' for colour in step.colors
        )
        + f" {plain(step.name)}</li>"
        for step in palette.steps
    )
    imprint = "".join(f"<p>{plain(line)}</p>" for line in lines)
    return (
        f'<section epub:type="colophon" class="quiet"><p>{plain(words.colours.format(motif=palette.motif))}</p>'
        f'<ul class="journey">{steps}</ul>{imprint}</section>'
    )


def navigation(
    entries: Sequence[tuple[str, str]], cover: str, start: str, title: str, words: Wording, language: str
) -> str:
    """The table of contents and the landmarks; entries are (href, label)."""
    links = "\n".join(f'<li><a href="{href}">{plain(label)}</a></li>' for href, label in entries)
    body = (
        f'<nav epub:type="toc" id="toc" role="doc-toc"><h1>{plain(title)}</h1><ol>\n{links}\n</ol></nav>\n'
        '<nav epub:type="landmarks" hidden="hidden"><ol>'
        f'<li><a epub:type="cover" href="{cover}">{plain(words.cover)}</a></li>'
        f'<li><a epub:type="bodymatter" href="{start}">{plain(title)}</a></li></ol></nav>'
    )
    return page(title, language, body, "frontmatter", "contents")
