"""Text made fit to be read, printed and spoken, once, when it arrives from a model or a family.

Verse keeps its lines and French its no-break spaces; marks of Markdown and HTML, emoji, control and direction
characters go. Models answer in Markdown unasked, and a page or a voice would say its marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import AfterValidator, ValidationInfo

from storytailor.text.typefaces import describe_unprintable, unprintable, without_lacking_symbols

ARRIVING = {"arriving": True}
"""Pydantic's validation context for text that has just come; what was kept is read as it was kept."""

_SPACES = "\u00a0\u202f\u2007\u2060"  # they hold together what stands beside them, so they are not any white space
_SPACE = rf"[^\S\n{_SPACES}]"
_JOINERS = "\u200c\u200d\u2060"  # format characters that change what is seen: Persian, Indic scripts, a word's joint
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0"
"""Letters and signs by their category that show nothing: fillers of Hangul and Khmer, the empty Braille cell."""
_EMOJI = re.compile(
    r"\s?(?:(?:[\U0001f000-\U0001faff\U000e0020-\U000e007f]|[\u2600-\u27bf\u2b00-\u2bff]\ufe0f)\u200d?)+"
)
_LEFT_OVER = re.compile(r"[\ufe0e\ufe0f\u20e3]|(?<![^\s])\u200d+|\u200d+(?![^\s])")
_FORMATTING = re.compile(r"</?(?:a|b|br|center|div|em|font|h[1-6]|hr|i|li|mark|ol|p|s|small|span|strong|sub|sup|u|ul)"
                         r"(?:\s[^<>]*)?/?>", re.IGNORECASE)  # fmt: skip
_LONE_MARK = re.compile(r"(?<!\S)(?:#{1,6}|[*_]{1,3})(?!\S)\s?|(?<!\S)[*_]+(?=\w)|(?<=[\w.!?,…])[*_]+(?!\w)")
"""What stands of a heading or emphasis in the middle of a line, or was never closed."""
_RULE = re.compile(r"(?<!\S)-{2,3}(?!\S)")  # a dash by typewriter
_markdown = MarkdownIt("commonmark").disable(["code", "fence", "html_block", "reference", "image", "autolink"], True)


def clean_prose(text: str) -> str:
    """Paragraphs parted by one blank line, lines of verse by a line feed, without marks of any markup."""
    while (cleaned := _without_markup(_characters(text))) != text:
        text = cleaned
    return text


def clean_line(text: str) -> str:
    """One line without marks of any markup: a title, a name, a question."""
    return re.sub(rf"(?:{_SPACE}|\n)+", " ", clean_prose(text)).strip()


def plain_line(text: str) -> str:
    """One line of what a family wrote, which is no Markdown: its stars stay; emoji and invisible characters go."""
    return re.sub(rf"(?:{_SPACE}|\n)+", " ", _characters(text)).strip()


def without_invisible(text: str) -> str:
    """Lines of what a family wrote, without letters and marks that nobody sees."""
    return _characters(text).strip()


def _characters(text: str) -> str:
    """The text in composed form with the characters that can be read, and spaces where spaces belong."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n"))
    text = text.replace("\u2028", "\n").replace("\x85", "\n")
    text = _LEFT_OVER.sub("", _EMOJI.sub("", text))
    return "".join(character for character in text if not _is_invisible(character))


def _is_invisible(character: str) -> bool:
    if character in _JOINERS or character in "\n\t":
        return False
    if character in _FILLERS:
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _without_markup(text: str) -> str:
    paragraphs = ("\n".join(filter(None, lines)) for lines in map(_lines, _blocks(text)))
    return "\n\n".join(filter(None, paragraphs))


def _blocks(text: str) -> list[str]:
    """The text's paragraphs and headings as plain text."""
    blocks, marker = [], ""
    for token in _markdown.parse(re.sub(rf"^{_SPACE}+", "", text, flags=re.MULTILINE)):
        if token.type == "list_item_open":
            # a hyphen at a line's start is a speaker's dash, and a number may be a date: "7. Mai"
            marker = f"{token.info}{token.markup} " if token.info else "— " if token.markup == "-" else ""
        elif token.type == "inline":
            blocks.append(marker + _plain(token.children or []))
            marker = ""
    return blocks


def _plain(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "html_inline" if _FORMATTING.fullmatch(token.content):
                parts.append("\n" if token.content.lower().startswith("<br") else "")
            case _:
                parts.append(token.content)
    return "".join(parts)


def _lines(block: str) -> list[str]:
    lines = (_RULE.sub("—", _LONE_MARK.sub("", line)) for line in block.split("\n"))
    return [re.sub(rf"(?:{_SPACE})+", " ", line).strip(" ") for line in lines]


def _prose_on_arrival(text: str, info: ValidationInfo) -> str:
    return _with_faces(clean_prose(text)) if info.context == ARRIVING else text


def _line_on_arrival(text: str, info: ValidationInfo) -> str:
    return clean_line(text) if info.context == ARRIVING else text


def _shown_on_arrival(text: str, info: ValidationInfo) -> str:
    cleaned = _line_on_arrival(text, info)
    if info.context == ARRIVING and not is_visible(cleaned):
        raise ValueError("nothing is left of it that can be printed")
    return _with_faces(cleaned) if info.context == ARRIVING else cleaned


def _with_faces(text: str) -> str:
    """The text, if all its letters can be printed: here a model can still be asked for others."""
    if lacking := unprintable(text):
        raise ValueError(describe_unprintable(lacking))
    return without_lacking_symbols(text)


def is_visible(text: str) -> bool:
    """Whether a reader sees anything of it: a letter, a digit or a sign."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


Prose = Annotated[str, AfterValidator(_prose_on_arrival)]
"""Paragraphs that a model wrote; cleaned when they arrive."""
Line = Annotated[str, AfterValidator(_line_on_arrival)]
"""A line that a model wrote; cleaned when it arrives."""
PrintedLine = Annotated[str, AfterValidator(_shown_on_arrival)]
"""A line that must show: refused on arrival when nothing is left of it."""
