"""What a typographer keeps on one line: a title with its name, a number with what it counts, marks in their place.

Only plain spaces are replaced, each by one no-break space, so a text has the same words as before.
"""

from __future__ import annotations

import re
from functools import cache

NO_BREAK, NARROW = "\u00a0", "\u202f"
NO_BREAK_SPACES = "\u00a0\u202f\u2007\u2060"
"""What holds together what stands beside it; the last has no width."""

_TITLES = "Mr Mrs Ms Mx Dr Prof St Sr Sra Srta Dra Pr M MM Mme Mlle Hr Fr Frl Sig Dott Dhr Mevr"
_BEFORE_NUMBERS = "Nr nr No no Nos n° № S p pp vol chap"
_UNITS = r"[kcmdµ]?m[²³]?|[kmµ]?g|[cmdµ]?l|km/h|h|min|s|°[CF]?|[%‰€$£¥₹]"
_OPENING, _DASHES = r"«‹“„‘‚¿¡(\[", "—–"
_SLAVIC = ("pl", "cs", "sk", "ru", "uk", "be", "bg", "sr")
_ONE_LETTER = "aiouwzkvsаиоувксяжбй"  # words that Slavic books never leave at a line's end
_DASH_ENDS_ITS_LINE = ("en", "de", "nl", "da", "nb", "no", "sv", "it", "ru", "uk", "pl")

_EVERYWHERE = (
    (rf"\b({_TITLES.replace(' ', '|')})(\.?) (?=[A-ZÀ-ÞĀ-Ž])", rf"\1\2{NO_BREAK}"),
    (rf"(?<!\w)({_BEFORE_NUMBERS.replace(' ', '|')})(\.?) (?=\d)", rf"\1\2{NO_BREAK}"),
    (r"(?<![\w.])([^\W\d_]\.) (?=[^\W\d_])", rf"\1{NO_BREAK}"),  # initials: J. K. Rowling
    (rf"(\d) (?=(?:{_UNITS})(?!\w))", rf"\1{NO_BREAK}"),
    (r"(\d) (?=\d{3}(?!\d))", rf"\1{NO_BREAK}"),  # 10 000
    (r"(?<![\w.,:])(\d{1,2}\.?) (?=[^\W\d_])", rf"\1{NO_BREAK}"),  # 24 décembre, 7. Mai, 3 foxes
    (rf"((?:^|(?<=[\s{_OPENING}]))[{_OPENING}]) (?=\S)", rf"\1{NO_BREAK}"),
    (r" (?=[;:?!»›”…)\]]+(?:\s|$|[.,»”)]))", NO_BREAK),
    (rf"^([{_DASHES}…*-]+) (?=\S)", rf"\1{NO_BREAK}"),  # a speaker's dash
)
_FRENCH = (
    (rf"[ {NO_BREAK}](?=[;?!]+(?:\s|$|[»”)]))", NARROW),
    (r"(?<=«) | (?=[:»])", NO_BREAK),
)
_AFTER_SENTENCE = (rf"(?<=[.!?…»”] )([{_DASHES}]) (?=\S)", rf"\1{NO_BREAK}")  # somebody else speaks
_DASH_BEFORE = (rf"(?<=[^\s.!?…»”]) (?=[{_DASHES}]\s)", NO_BREAK)
_DASH_AFTER = (rf"(?<= )([{_DASHES}]) (?=\S)", rf"\1{NO_BREAK}")
_SLAVIC_WORDS = (rf"(?i)(?<!\w)([{_ONE_LETTER}]) (?=\w)", rf"\1{NO_BREAK}")


def tied(text: str, language: str) -> str:
    """The text with no-break spaces where none of its lines may end."""
    if " " not in text:
        return text
    for pattern, replacement in _rules(language.partition("-")[0].lower()):
        text = pattern.sub(replacement, text)
    return text


def untied(text: str) -> str:
    """The text with plain spaces for no-break ones."""
    return re.sub("[\u00a0\u202f\u2007]", " ", text.replace("\u2060", ""))


@cache
def _rules(language: str) -> list[tuple[re.Pattern[str], str]]:
    rules = [*(_FRENCH if language == "fr" else ()), *_EVERYWHERE]
    if language in _SLAVIC:
        rules.append(_SLAVIC_WORDS)
    rules += (_AFTER_SENTENCE, _DASH_BEFORE) if language in _DASH_ENDS_ITS_LINE else (_DASH_AFTER,)
    return [(re.compile(pattern, re.MULTILINE), replacement) for pattern, replacement in rules]
