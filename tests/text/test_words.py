"""What a word is in each script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storytailor.text.comparing import stands_in
from storytailor.text.segments import line_segments
from storytailor.text.words import count_words, spoken_words, word_spans


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "“Hello,” said O’Connor—then … ran 3 km.", ["“Hello,”", "said", "O’Connor", "then", "ran", "3", "km."]),
        ("fr", "«\u00a0Où\u202f?\u00a0» dit-elle", ["Où", "dit-elle"]),
        (
            "ja",
            "さくらは灯台へ行った。「さあ！」と言った。",
            ["さくらは", "灯台へ", "行った。", "「さあ！」と", "言った。"],
        ),
        ("zh", "他说：“你好！”小明走了。", ["他", "说：", "“你好！”", "小明", "走了。"]),
        ("th", "แมวตัวเล็กเดินเข้าไปในป่า", ["แมว", "ตัว", "เล็ก", "เดิน", "เข้าไป", "ใน", "ป่า"]),
        ("hi", "आराध्या ने लालटेन जलाई।", ["आराध्या", "ने", "लालटेन", "जलाई।"]),
        ("ko", "작은 고양이가 갔다.", ["작은", "고양이가", "갔다."]),
        ("en", "Maya met さくら today.", ["Maya", "met", "さくら", "today."]),
    ],
)
def test_a_word_is_what_its_script_takes_for_one(language: str, text: str, words: list[str]) -> None:
    assert spoken_words(text, language) == words


@given(st.text(max_size=60), st.sampled_from(["en", "ja", "th", "fr"]))
def test_words_stand_where_they_say_and_never_overlap(text: str, language: str) -> None:
    reached = 0
    for word in word_spans(text, language):
        assert text[word.start : word.end] == word.text
        assert word.start >= reached
        reached = word.end


def test_chinese_and_japanese_are_counted_by_their_characters() -> None:
    assert count_words("さくらは灯台へ行きました。" * 100, "ja") == pytest.approx(545, abs=5)
    assert count_words("小明和他的朋友一起去了灯塔。" * 100, "zh") == pytest.approx(812, abs=5)
    assert count_words("one two three", "en") == 3


@pytest.mark.parametrize(
    ("language", "word", "text"),
    [
        ("en", "will-o'-the-wisp", "The will-o’-the-wisp shone."),
        ("tr", "istasyon", "İstasyon boştu."),
        ("tr", "ışık", "Işık yandı."),
        ("fr", "phe\u0301nix", "Un ph\u00e9nix vola."),
        ("en", "“lantern”", "The lantern shone."),
        ("en", "fog.", "Fog came."),
        ("en", "at once", "She ran at\u00a0once."),
        ("ja", "灯台", "さくらは灯台へ行きました。"),
        ("th", "ป่า", "แมวเดินเข้าไปในป่า"),
        ("ko", "숲", "작은 고양이가 숲으로 갔다."),
    ],
)
def test_a_quoted_word_is_found_however_it_is_spelled(language: str, word: str, text: str) -> None:
    assert stands_in(word, text, language)


def test_a_part_of_a_word_is_not_the_word() -> None:
    assert not stands_in("cat", "The catalogue.", "en")
    assert not stands_in("…", "The end …", "en")


def test_no_japanese_line_begins_with_a_small_kana_or_a_closing_sign() -> None:
    pieces = line_segments("きゃっと、ちょうちょが「がっこう」へ、はしった。ファンタジーッ！", "ja")
    assert not [piece for piece in pieces if piece[0] in "ゃゅょっァィ、。」ー！"]
    assert not [piece for piece in pieces if piece[-1] in "「"]


def test_no_french_line_ends_or_begins_at_a_no_break_space() -> None:
    assert line_segments("Elle dit «\u00a0Où\u202f?\u00a0» et rit.", "fr") == [
        "Elle ", "dit ", "«\u00a0Où\u202f?\u00a0» ", "et ", "rit.",
    ]  # fmt: skip


def test_a_character_beyond_the_first_plane_moves_no_border() -> None:
    assert line_segments("𝒳 one 𝒴𝒵 two", "en") == ["𝒳 ", "one ", "𝒴𝒵 ", "two"]
