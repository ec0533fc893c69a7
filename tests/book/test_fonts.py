from __future__ import annotations

import pytest

from storytailor.book import fonts


def test_a_title_has_one_face_even_where_the_display_face_lacks_a_letter() -> None:
    assert fonts.title_face("The Lantern") == fonts.DISPLAY
    assert fonts.title_face("Łucja and the Lantern") == fonts.BOLD


@pytest.mark.parametrize(
    "name", ["Łucja", "Ωρίων", "Жанна", "李小明", "김민준", "さくら", "אורי", "محمد", "Նարե", "ნინო"]
)
def test_names_of_many_scripts_have_a_face_that_can_draw_them(name: str) -> None:
    drawn = fonts.runs(name, fonts.DISPLAY)
    assert drawn
    assert all(fonts.has_glyphs(face, text) for face, text in drawn)


def test_right_to_left_text_is_drawn_from_its_end_with_brackets_mirrored() -> None:
    assert "".join(text for _, text in fonts.runs("א(ב)ג", fonts.TEXT, right_to_left=True)) == "ג(ב)א"


def test_arabic_letters_are_joined() -> None:
    assert "".join(text for _, text in fonts.runs("محمد", fonts.TEXT, right_to_left=True)) == "ﺪﻤﺤﻣ"


def test_emoji_beyond_the_faces_are_left_out_and_nothing_else_is() -> None:
    assert fonts.printable("Zoë 🦊👨‍👩‍👧 & Co. ☀") == "Zoë  & Co. ☀"
