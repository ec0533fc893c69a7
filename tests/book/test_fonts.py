from __future__ import annotations

import pytest

from storytailor.book import fonts
from storytailor.book.bidi import stretches
from storytailor.book.shaping import Glyphs, glyph_numbers, tables_of
from storytailor.errors import UnprintableError
from storytailor.text.typefaces import size_of


def test_a_title_has_one_face_even_where_the_display_face_lacks_a_letter() -> None:
    assert fonts.title_face("The Lantern") == fonts.DISPLAY
    assert fonts.title_face("Łucja and the Lantern") == fonts.BOLD


def test_a_narrow_space_in_a_heading_changes_nothing_but_its_own_face() -> None:
    heading = "Te souviens-tu\u202f?"
    assert fonts.title_face(heading) == fonts.DISPLAY
    with fonts.printing_in("fr"):
        drawn = fonts.runs(heading, fonts.DISPLAY)
    assert [(face, str(text)) for face, text in drawn if face == fonts.DISPLAY] == [
        (fonts.DISPLAY, "Te souviens-tu"),
        (fonts.DISPLAY, "?"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Łucja",
        "Ωρίων",
        "Жанна",
        "李小明",
        "김민준",
        "さくら",
        "אורי",
        "محمد",
        "Նարե",
        "ნინო",
        "आराध्या",
        "বৃষ্টি",
        "தமிழ்",
        "น้ำใจ",
    ],
)
def test_names_of_many_scripts_have_a_face_that_can_draw_them(name: str) -> None:
    for face, drawn in fonts.runs(name, fonts.DISPLAY):
        assert all(glyph for glyph, _ in glyph_numbers(drawn, face))


def drawn(text: str, *, right_to_left: bool) -> str:
    """What stands in the line from left to right, letter by letter as it is drawn."""
    return "".join(part for _, part in fonts.runs(text, fonts.TEXT, right_to_left=right_to_left))


def glyphs_from_left(text: str, *, right_to_left: bool) -> list[tuple[str, int]]:
    runs = fonts.runs(text, fonts.TEXT, right_to_left=right_to_left)
    return [(face, glyph) for face, part in runs for glyph, _ in glyph_numbers(part, face)]


def test_right_to_left_text_is_drawn_from_its_end_with_brackets_mirrored() -> None:
    hebrew = "NotoSansHebrew-Regular"
    opening, closing = (glyph_numbers(bracket, hebrew)[0][0] for bracket in "()")
    with fonts.printing_in("he"):
        places = glyphs_from_left("א(ב)ג", right_to_left=True)
    assert [glyph for _, glyph in places if glyph in (opening, closing)] == [opening, closing]
    assert drawn("אבג", right_to_left=True) == "גבא"


def test_a_number_in_brackets_beside_an_arabic_name_keeps_its_brackets_in_an_english_line() -> None:
    text = "“نورة (7) is here!”"
    assert [stretch for stretch, _ in stretches(text, right_to_left=False)] == [
        "“",
        ")",
        "7",
        "نورة (",
        " is here!”",
    ]
    assert drawn(text, right_to_left=False).startswith("“(7) ")


def test_an_english_line_that_begins_with_an_arabic_name_runs_to_the_right() -> None:
    assert [stretch for stretch, _ in stretches("نورة rang the bell.", right_to_left=False)] == [
        "نورة",
        " rang the bell.",
    ]


def test_arabic_letters_take_the_form_of_their_place_in_the_word() -> None:
    alone, joined = "م", "ممم"
    forms = [glyph for _, glyph in glyphs_from_left(joined, right_to_left=True)]
    assert len(set(forms)) == 3
    assert glyphs_from_left(alone, right_to_left=True)[0][1] not in forms


@pytest.mark.parametrize("text", ["الله", "بسم الله", "إن شاء الله", "ہے کہاں"])
def test_the_name_of_god_and_letters_of_urdu_are_drawn(text: str) -> None:
    with fonts.printing_in("ar"):
        places = glyphs_from_left(text, right_to_left=True)
    assert {face for face, _ in places} == {"NotoNaskhArabic-Regular"}
    assert all(glyph for _, glyph in places)


@pytest.mark.parametrize(
    ("language", "line"),
    [("ar", "كانت نورة تسكن في آخر بيت"), ("he", "נועה גרה בבית האחרון"), ("hi", "गाँव के आख़िरी घर में")],
)
def test_a_line_is_as_wide_as_its_words_and_spaces_are_measured(language: str, line: str) -> None:
    with fonts.printing_in(language):
        measured = sum(fonts.width(word, fonts.TEXT) for word in line.split()) + line.count(" ") * fonts.width(
            " ", fonts.TEXT
        )
        runs = fonts.runs(line, fonts.TEXT, right_to_left=fonts.is_right_to_left())
    assert sum(part.width * size_of(face) for face, part in runs if isinstance(part, Glyphs)) == pytest.approx(
        measured, rel=0.01
    )


def test_a_han_character_is_drawn_as_the_book_s_language_writes_it() -> None:
    faces = {}
    for language in ("ja", "zh", "zh-Hant", "zh-TW", "en"):
        with fonts.printing_in(language):
            ((faces[language], _),) = fonts.runs("直", fonts.TEXT)
    assert faces == {
        "ja": "NotoSansJP-Regular",
        "zh": "NotoSansSC-Regular",
        "zh-Hant": "NotoSansTC-Regular",
        "zh-TW": "NotoSansTC-Regular",
        "en": "NotoSansJP-Regular",
    }


def test_korean_has_all_its_syllables() -> None:
    assert fonts.has_glyphs("NotoSansKR-Regular", "".join(map(chr, range(0xAC00, 0xD7A4))))


def test_a_letter_that_no_face_has_is_named_and_not_drawn_as_a_box() -> None:
    with pytest.raises(UnprintableError, match=r"no typeface has Ꭳ Ꮳ \(Cherokee\): write it in Latin, Greek,"):
        fonts.runs("Oceti ᎣᏣ Ꭳ", fonts.TEXT)


def test_emoji_beyond_the_faces_are_left_out_with_the_space_before_them() -> None:
    assert fonts.printable("Zoë 🦊👨‍👩‍👧 & Co. ☀") == "Zoë & Co. ☀"


def test_ligatures_have_a_character_to_be_drawn_by_that_no_other_thread_changes() -> None:
    before = dict(tables_of("NotoSansDevanagari-Regular").charToGlyph)
    with fonts.printing_in("hi"):
        ((_, glyphs),) = fonts.runs("क्षत्रिय", fonts.TEXT)
    assert any("\ue000" <= glyph <= "\uf8ff" for glyph in glyphs)
    assert tables_of("NotoSansDevanagari-Regular").charToGlyph == before
