"""Language tags at the door."""

from __future__ import annotations

import pytest

from storytailor.book.strings import strings_in
from storytailor.text.languages import LANGUAGES, LanguageTagError, is_right_to_left, language_tag, script


@pytest.mark.parametrize("tag", ["en-US-US", "en-abcd-efgh", "xx", "x-klingon", "a", "english"])
def test_what_is_no_language_s_tag_is_refused_by_name(tag: str) -> None:
    with pytest.raises(LanguageTagError, match=tag):
        language_tag(tag)


def test_a_script_without_a_typeface_is_refused_by_name() -> None:
    with pytest.raises(LanguageTagError, match=r"Copt.*Devanagari"):
        language_tag("el-Copt")


def test_a_language_without_strings_is_refused_and_the_others_are_named() -> None:
    with pytest.raises(LanguageTagError, match=r"'km' yet; there are .*hi"):
        language_tag("km")


def test_every_language_stories_are_made_in_has_the_strings_of_its_book() -> None:
    assert {strings_in(tag).language for tag in LANGUAGES} == set(LANGUAGES)
    assert strings_in("zh-TW").the_end == "完"
    assert strings_in("zh-TW").answers_heading == "答案"
    assert strings_in("zh-Hant-HK").resolution_line != strings_in("zh-CN").resolution_line


def test_a_tag_is_kept_in_its_usual_spelling() -> None:
    assert language_tag("pt-br") == "pt-BR"
    assert language_tag("ZH-hant") == "zh-Hant"


def test_a_language_says_its_script_and_the_way_it_runs() -> None:
    assert [script(tag) for tag in ("hi", "sr-Latn", "zh-TW", "ur")] == ["Deva", "Latn", "Hant", "Arab"]
    assert [tag for tag in ("ar", "ur", "he", "en", "ku", "yi") if is_right_to_left(tag)] == ["ar", "ur", "he", "yi"]
