"""The EPUB's pages as XHTML. Whatever comes from outside is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from storytailor.book.overlays import Clip
from storytailor.book.story_text import lead_length, paragraphs
from storytailor.book.strings import Strings
from storytailor.catalog import SCENES
from storytailor.story import Activities, PaletteJourney, StoryContent
from storytailor.text.languages import is_right_to_left
from storytailor.text.ties import tied
from storytailor.text.words import word_spans

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape_xml(text: str) -> str:
    """The text escaped for XML, without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", text))


def text_direction(language: str) -> str:
    """`rtl` or `ltr`, for a language tag."""
    return "rtl" if is_right_to_left(language) else "ltr"


def page(title: str, language: str, body: str, kind: str, css_class: str) -> str:
    """A whole document: `kind` is the body's epub:type."""
    tag = escape_xml(language)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' lang="{tag}" xml:lang="{tag}" dir="{text_direction(language)}">\n'
        f'<head><meta charset="utf-8"/><title>{escape_xml(title)}</title>'
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
        f'<body epub:type="{kind}" class="{css_class}">\n{body}\n</body>\n</html>\n'
    )


def figure(image: str, alt: str) -> str:
    """A picture the width of the page; without alternative text it is decoration."""
    role = "" if alt else ' role="presentation"'
    return f'<figure><img src="{image}" alt="{escape_xml(alt)}"{role}/></figure>'


def scene(image: str, alt: str, label: str, text: str, language: str, clips: Iterator[Clip | None]) -> str:
    """A scene: its picture, and its text with a span around each word that is spoken.

    Takes from `clips` one for each word of the text.
    """
    marked_up = []
    for number, paragraph in enumerate(paragraphs(text)):
        lead = 0 if number else lead_length(paragraph, language)
        marked_up.append(f"<p>{_with_spans(paragraph, language, clips, lead)}</p>")
    return (
        f'<section id="text" epub:type="chapter" role="doc-chapter" aria-label="{escape_xml(label)}">\n'
        f"{figure(image, alt)}\n" + "\n".join(marked_up) + "\n</section>"
    )


def _set(text: str, language: str) -> str:
    """A line of text escaped, with no-break spaces where it must not end."""
    return escape_xml(tied(text, language))


def _with_spans(text: str, language: str, clips: Iterator[Clip | None], lead: int = 0) -> str:
    """The text with a span around each word that has a clip, and a break where a line of verse ends.

    Its first `lead` characters, and the word they end in, open the story in a face of their own.
    """
    text = tied(text, language)
    parts: list[str] = []
    reached, led = 0, 0
    for found in word_spans(text, language):
        if led == 0 and found.start >= lead > 0:
            led = len(parts)
        clip, word = next(clips), escape_xml(found.text)
        parts.append(escape_xml(text[reached : found.start]))
        parts.append(f'<span id="w{clip.word}">{word}</span>' if clip else word)
        reached = found.end
    parts.append(escape_xml(text[reached:]))
    if lead:
        led = led or len(parts)
        parts[:led] = [f'<span class="lead">{"".join(parts[:led])}</span>']
    return "".join(parts).replace("\n", "<br/>\n")


def dedication(content: StoryContent, subtitle: str, language: str, clips: Iterator[Clip | None]) -> str:
    """The title, whom the story is about, and the dedication; takes a clip for each word of title and dedication."""
    return (
        '<section id="text" epub:type="dedication" role="doc-dedication" class="quiet">'
        f"<h1>{_with_spans(content.title, language, clips)}</h1><p>{_set(subtitle, language)}</p>"
        f"<p>{_with_spans(content.dedication, language, clips)}</p></section>"
    )


def ending(moral: str, strings: Strings, language: str, clips: Iterator[Clip | None]) -> str:
    """The end, and what a child takes away; takes a clip for each of their words."""
    return (
        f'<section id="text" class="quiet"><h1>{_with_spans(strings.the_end, language, clips)}</h1>'
        f'<p class="moral">{_with_spans(moral, language, clips)}</p></section>'
    )


def activities(activities: Activities, strings: Strings, language: str) -> str:
    """Questions with a way back to their scene, words with their meanings, an idea."""
    questions = "".join(
        f"<li>{_set(question.question, language)}{_link_to_scene(question.page, strings)}</li>"
        for question in activities.questions
    )
    vocabulary = "".join(
        f"<dt>{_set(entry.word, language)}</dt><dd>{_set(entry.meaning, language)}</dd>"
        for entry in activities.vocabulary
    )
    idea = activities.idea
    return (
        f"<section><h1>{_set(strings.questions_heading, language)}</h1><ol>{questions}</ol></section>\n"
        f"<section><h2>{escape_xml(strings.vocabulary_heading)}</h2><dl>{vocabulary}</dl></section>\n"
        f"<section><h2>{escape_xml(strings.idea_heading(idea.kind))}</h2><p>{_set(idea.prompt, language)}</p></section>"
    )


def _link_to_scene(number: int, strings: Strings) -> str:
    """A link to the scene; empty for a number that no scene has."""
    if not 1 <= number <= len(SCENES):
        return ""
    return f' <a href="{SCENES[number - 1]}.xhtml">{escape_xml(strings.scene(number))}</a>'


def answers(activities: Activities, strings: Strings, language: str) -> str:
    """The answers in the questions' order."""
    entries = "".join(f"<li>{_set(question.answer, language)}</li>" for question in activities.questions)
    return f"<section><h1>{escape_xml(strings.answers_heading)}</h1><ol>{entries}</ol></section>"


def colophon(palette: PaletteJourney, strings: Strings, lines: Sequence[str]) -> str:
    """The story's colors by name, and how the book was made."""
    steps = "".join(
        "<li>"
        + "".join(f'<span class="swatch" style="background-color: {color}"></span>' for color in step.colors)
        + f" {escape_xml(step.name)}</li>"
        for step in palette.steps
    )
    imprint = "".join(f"<p>{escape_xml(line)}</p>" for line in lines)
    label = strings.colors_line.format(motif=palette.motif)
    return (
        f'<section epub:type="colophon" role="doc-colophon" class="quiet"><p>{escape_xml(label)}</p>'
        f'<ul class="journey">{steps}</ul>{imprint}</section>'
    )


def navigation(
    entries: Sequence[tuple[str, str]], cover: str, start: str, title: str, strings: Strings, language: str
) -> str:
    """The table of contents and the landmarks; entries are (href, label)."""
    links = "\n".join(f'<li><a href="{href}">{escape_xml(label)}</a></li>' for href, label in entries)
    body = (
        f'<nav epub:type="toc" id="toc" role="doc-toc"><h1>{escape_xml(title)}</h1><ol>\n{links}\n</ol></nav>\n'
        '<nav epub:type="landmarks" hidden="hidden"><ol>'
        f'<li><a epub:type="cover" href="{cover}">{escape_xml(strings.cover_label)}</a></li>'
        f'<li><a epub:type="bodymatter" href="{start}">{escape_xml(title)}</a></li></ol></nav>'
    )
    return page(title, language, body, "frontmatter", "contents")
