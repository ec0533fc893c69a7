from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storytailor.book.spreads import ScenePage, arrange


def drawn(text_pages: list[int]) -> str:
    """The pages as letters with their scenes' numbers, spreads parted by bars: the first page is a left one."""
    pages = [f"{page.kind[0]}{page.scene + 1}" for page in arrange(text_pages)]
    return "|".join(" ".join(pages[at : at + 2]) for at in range(0, len(pages), 2))


def test_a_picture_faces_the_first_page_of_its_text_where_each_scene_has_one() -> None:
    assert drawn([1, 1, 1, 1]) == "p1 t1|p2 t2|p3 t3|p4 t4"


def test_scenes_of_two_pages_begin_by_turns_with_picture_and_text_and_need_no_other_page() -> None:
    assert drawn([2, 2, 2, 2]) == "p1 t1|t1 t2|p2 t2|p3 t3|t3 t4|p4 t4"


def test_a_scene_of_two_pages_before_one_of_one_closes_with_a_vignette() -> None:
    assert drawn([2, 1, 3, 1]) == "p1 t1|t1 v1|p2 t2|p3 t3|t3 t3|p4 t4"


@given(st.lists(st.integers(1, 7), min_size=1, max_size=6))
def test_each_picture_faces_text_of_its_own_scene_and_all_text_is_there_in_order(text_pages: list[int]) -> None:
    pages = arrange(text_pages)
    for at, page in enumerate(pages):
        if page.kind == "picture":
            assert at % 2 == 0
            assert (pages[at + 1].kind, pages[at + 1].scene) == ("text", page.scene)
    text = [page for page in pages if page.kind == "text"]
    assert text == [ScenePage("text", scene, index) for scene, count in enumerate(text_pages) for index in range(count)]
    assert [page.scene for page in pages] == sorted(page.scene for page in pages)
    assert sum(page.kind == "vignette" for page in pages) < len(text_pages)
