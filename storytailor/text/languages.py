"""Languages by their BCP 47 tags: well formed or not, their script, and the way it runs."""

from __future__ import annotations

from functools import lru_cache

import langcodes

_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"})
SCRIPTS = {
    "Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Armn": "Armenian", "Geor": "Georgian",
    "Arab": "Arabic", "Hebr": "Hebrew", "Deva": "Devanagari", "Beng": "Bengali", "Taml": "Tamil", "Thai": "Thai",
    "Ethi": "Ethiopic", "Hans": "simplified Chinese", "Hant": "traditional Chinese", "Jpan": "Japanese",
    "Kore": "Korean",
}  # fmt: skip
"""The scripts that stories can be written and printed in, by their ISO 15924 code."""
LANGUAGES = (
    *("am", "ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it"),
    *("ja", "ko", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sv", "ta", "th", "tr", "uk", "ur", "vi", "zh"),
)
"""The languages that stories are made in, by their primary subtag: those a book can speak in itself."""


class LanguageTagError(ValueError):
    """The tag is none, or names a language that no story can be written in; its words say which."""


@lru_cache(maxsize=256)
def language_tag(tag: str) -> str:
    """The tag in its usual spelling, such as `pt-BR` for `pt_br`. Raises LanguageTagError."""
    try:
        known = langcodes.tag_is_valid(tag) and not tag.lower().startswith("x-")
        standard = langcodes.standardize_tag(tag) if known else ""
    except langcodes.tag_parser.LanguageTagError:
        known, standard = False, ""
    if not known:
        raise LanguageTagError(f"{tag!r} is not a language's BCP 47 tag: write for instance en, de-CH or zh-Hant")
    if spoken(standard) not in LANGUAGES:
        raise LanguageTagError(f"no story can be made in {tag!r} yet; there are {', '.join(LANGUAGES)}")
    if script(standard) not in SCRIPTS:
        raise LanguageTagError(
            f"no book can be printed in {tag!r}: there is no typeface for its script ({script(standard)}). "
            f"There is one for {', '.join(SCRIPTS.values())}"
        )
    return standard


@lru_cache(maxsize=256)
def spoken(tag: str) -> str:
    """The language alone, by its usual primary subtag: `he` for `iw`, `nb` for `no`, `zh` for `zh-TW`."""
    try:
        language = langcodes.Language.get(tag).language or "und"
    except langcodes.tag_parser.LanguageTagError:
        return "und"
    return {"no": "nb", "cmn": "zh"}.get(language, language)


@lru_cache(maxsize=256)
def script(tag: str) -> str:
    """The ISO 15924 code of the script that the language is written in; Latin where nothing is known."""
    try:
        return langcodes.Language.get(tag).maximize().script or "Latn"
    except langcodes.tag_parser.LanguageTagError:
        return "Latn"


def is_right_to_left(tag: str) -> bool:
    """Whether the language is written from right to left."""
    return script(tag) in _RIGHT_TO_LEFT
