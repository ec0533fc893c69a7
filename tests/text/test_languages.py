"""Language tags at the door."""

from __future__ import annotations

import pytest

from storytailor.text.languages import LanguageTagError, is_right_to_left, language_tag, script


@pytest.mark.parametrize("tag", ["en-US-US", "en-abcd-efgh", "xx", "x-klingon", "a", "english"])
def test_what_is_no_language_s_tag_is_refused_by_name(tag: str) -> None:
    with pytest.raises(LanguageTagError, match=tag):
        language_tag(tag)


def test_a_script_without_a_typeface_is_refused_by_name() -> None:
    with pytest.raises(LanguageTagError, match=r"Khmr.*Devanagari"):
        language_tag("km")


def test_a_tag_is_kept_in_its_usual_spelling() -> None:
    assert language_tag("pt-br") == "pt-BR"
    assert language_tag("ZH-hant") == "zh-Hant"


def test_a_language_says_its_script_and_the_way_it_runs() -> None:
    assert [script(tag) for tag in ("hi", "sr-Latn", "zh-TW", "ur")] == ["Deva", "Latn", "Hant", "Arab"]
    assert [tag for tag in ("ar", "ur", "he", "en", "ku", "yi") if is_right_to_left(tag)] == ["ar", "ur", "he", "yi"]
