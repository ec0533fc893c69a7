from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from PIL import Image

from storytailor.book import Book, BookPicture, epub
from storytailor.catalog import SCENES
from tests.book.epub_checking import must_be_valid, needs_java
from tests.book.sample_book import (
    TEXTS,
    make_book,
    make_content,
    make_narration,
    make_picture,
    make_pictures,
)

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SMIL = "{http://www.w3.org/ns/SMIL}"
MP3 = b"\xff\xfb\x90\xc4" + bytes(413)  # a frame's header and silence: nothing here decodes it


def narrated_epub(book: Book) -> bytes:
    return epub(book, make_narration(book.content.text), MP3)


def files_in(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def tree(data: bytes, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(files_in(data)[name])


def metas(data: bytes) -> list[tuple[str, str, str]]:
    """Property, value and what it refines, of each meta."""
    found = tree(data, "package.opf").iter(f"{OPF}meta")
    return [(meta.get("property", ""), meta.text or "", meta.get("refines", "")) for meta in found]


@pytest.fixture(scope="module")
def narrated() -> bytes:
    return narrated_epub(make_book())


@needs_java
def test_epubcheck_finds_no_error_and_no_warning(tmp_path: Path) -> None:
    odd = make_content(tuple(f"{text}\x07 <i>&amp;</i> 李小明 🦊" for text in TEXTS), title='<b>"A&B"</b> & Łucja')
    books = {
        "narrated": narrated_epub(
            make_book(pictures={"cover": make_pictures()["cover"]}, content=odd, authors=["<i>Zoë</i>", "محمد"])
        ),
        "silent": epub(make_book(language="he", content=make_content(("פעם אחת גרה ילדה.",) * 4)), None, None),
    }
    for name, data in books.items():
        (tmp_path / f"{name}.epub").write_bytes(data)
    must_be_valid(sorted(tmp_path.iterdir()))


def test_the_media_type_comes_first_and_uncompressed(narrated: bytes) -> None:
    with ZipFile(BytesIO(narrated)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", ZIP_STORED, b"")
        assert archive.read("mimetype") == b"application/epub+zip"


def test_the_same_book_gives_the_same_bytes(narrated: bytes) -> None:
    assert narrated_epub(make_book()) == narrated


def test_the_manifest_lists_every_file_and_no_other(narrated: bytes) -> None:
    listed = [item.get("href") for item in tree(narrated, "package.opf").iter(f"{OPF}item")]
    there = {name for name in files_in(narrated) if not name.startswith("META-INF/")} - {"mimetype", "package.opf"}
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def test_the_book_says_when_it_last_changed_and_keeps_its_name(narrated: bytes) -> None:
    later = narrated_epub(make_book(modified=datetime(2026, 6, 1, tzinfo=UTC)))
    dates = [[value for name, value, _ in metas(data) if name == "dcterms:modified"] for data in (narrated, later)]
    assert dates == [["2026-05-04T03:02:01Z"], ["2026-06-01T00:00:00Z"]]
    names = {tree(data, "package.opf").findtext(f".//{DC}identifier") for data in (narrated, later)}
    assert names == {"urn:uuid:3f0c6f5e-1d0a-4a53-9b5e-0e6f9c1d2a77"}


def test_the_book_says_which_rules_of_accessibility_it_keeps_and_who_says_so(narrated: bytes) -> None:
    said = metas(narrated)
    assert ("dcterms:conformsTo", "EPUB Accessibility 1.1 - WCAG 2.1 Level AA", "") in said
    assert ("a11y:certifiedBy", "Storytailor", "#conformance") in said


def test_apple_books_is_told_to_use_the_books_own_faces(narrated: bytes) -> None:
    options = files_in(narrated)["META-INF/com.apple.ibooks.display-options.xml"]
    assert b'<option name="specified-fonts">true</option>' in options


def test_each_part_has_the_role_a_screen_reader_knows_it_by(narrated: bytes) -> None:
    for page, role in (("dedication", "doc-dedication"), (SCENES[0], "doc-chapter"), ("colophon", "doc-colophon")):
        assert f'role="{role}"'.encode() in files_in(narrated)[f"{page}.xhtml"]


def test_the_book_is_read_from_cover_to_colophon(narrated: bytes) -> None:
    spine = [item.get("idref") for item in tree(narrated, "package.opf").iter(f"{OPF}itemref")]
    assert spine == ["cover", "dedication", *SCENES, "ending", "activities", "answers", "colophon"]
    links = [link.get("href") for link in tree(narrated, "nav.xhtml").iter(f"{XHTML}a")]
    assert {f"{name}.xhtml" for name in spine if name != "colophon"} <= set(links)


def test_title_dedication_and_end_are_read_aloud_too() -> None:
    book = make_book()
    told = [book.content.title, book.content.dedication, book.content.text, "The end", book.content.moral]
    data = epub(book, make_narration("\n\n".join(told)), MP3)
    for page, words in (("dedication", told[0] + told[1]), ("ending", told[3] + told[4])):
        shown = {element.get("id"): element.text for element in tree(data, f"{page}.xhtml").iter() if element.get("id")}
        overlay = tree(data, f"{page}.smil")
        lit = [shown[text.get("src", "").partition("#")[2]] or "" for text in overlay.iter(f"{SMIL}text")]
        assert "".join(lit) == words.replace(" ", "")


def test_each_word_that_is_spoken_is_on_the_page_and_lights_up_in_turn(narrated: bytes) -> None:
    words = make_narration(make_book().content.text).words
    spoken, reached = [], 0.0
    for scene in SCENES:
        page = {element.get("id"): element for element in tree(narrated, f"{scene}.xhtml").iter() if element.get("id")}
        overlay = tree(narrated, f"{scene}.smil")
        for par in overlay.iter(f"{SMIL}par"):
            text, audio = par.find(f"{SMIL}text"), par.find(f"{SMIL}audio")
            assert text is not None
            assert audio is not None
            file, _, target = text.get("src", "").partition("#")
            assert file == f"{scene}.xhtml"
            begin, end = (seconds(audio.get(name, "")) for name in ("clipBegin", "clipEnd"))
            assert reached <= begin < end
            reached = end
            spoken.append((target, page[target].text))
    assert spoken == [(f"w{number}", word.txt) for number, word in enumerate(words)]


def seconds(value: str) -> float:
    hours, minutes, rest = value.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def test_durations_add_up_and_the_light_has_a_style(narrated: bytes) -> None:
    durations = [(seconds(value), refined) for name, value, refined in metas(narrated) if name == "media:duration"]
    parts = sum(length for length, refined in durations if refined)
    (total,) = [length for length, refined in durations if not refined]
    assert total == pytest.approx(parts)
    (active,) = [value for name, value, _ in metas(narrated) if name == "media:active-class"]
    assert f".{active}" in files_in(narrated)["style.css"].decode()


def test_without_a_narration_there_is_no_overlay_and_no_promise_of_one() -> None:
    data = epub(make_book(), None, None)
    assert not [name for name in files_in(data) if name.endswith((".smil", ".mp3"))]
    assert not [name for name, _, _ in metas(data) if name.startswith("media:")]
    assert ("schema:accessibilityFeature", "synchronizedAudioText", "") not in metas(data)
    assert files_in(data)["scene_1.xhtml"].count(b"<span") == 1  # the opening words


def test_it_says_how_it_can_be_read(narrated: bytes) -> None:
    said = {(name, value) for name, value, _ in metas(narrated)}
    for mode in ("textual", "visual", "auditory"):
        assert ("schema:accessMode", mode) in said
    for feature in ("alternativeText", "synchronizedAudioText", "tableOfContents"):
        assert ("schema:accessibilityFeature", feature) in said
    assert ("schema:accessibilityHazard", "none") in said


@pytest.mark.parametrize(
    ("language", "text", "begins", "ends"),
    [
        ("en", TEXTS[0], "A picture story. Every picture has", "as it is spoken."),
        ("de", "Krümel ging los.", "Eine Bildergeschichte. Jedes Bild hat einen Alternativtext", "gesprochen wird."),
        ("ja", "さくらは灯台へ行きました。", "絵のあるお話です。どの絵にも", "言葉が光ります。"),
        ("he", "פעם אחת גרה ילדה.", "סיפור מאויר.", "כשהיא נאמרת."),
    ],
)
def test_how_it_can_be_read_is_said_in_its_own_language(language: str, text: str, begins: str, ends: str) -> None:
    book = make_book(language=language, content=make_content((text,) * 4))
    said = {name: value for name, value, _ in metas(narrated_epub(book))}["schema:accessibilitySummary"]
    assert said.startswith(begins)
    assert said.endswith(ends)
    silent = {name: value for name, value, _ in metas(epub(book, None, None))}["schema:accessibilitySummary"]
    assert silent.startswith(begins)
    assert not silent.endswith(ends)


def test_every_picture_has_its_alternative_text(narrated: bytes) -> None:
    for scene in SCENES:
        (image,) = tree(narrated, f"{scene}.xhtml").iter(f"{XHTML}img")
        assert image.get("alt") == f"What {scene} shows"


def test_the_cover_picture_carries_the_title(narrated: bytes) -> None:
    def darkest(image: bytes) -> int:
        top = Image.open(BytesIO(image)).convert("L").crop((0, 0, 300, 100))
        return next(level for level, count in enumerate(top.histogram()) if count)

    assert darkest(files_in(narrated)["images/cover.jpg"]) < darkest(make_pictures()["cover"].image) - 60


def test_missing_pictures_and_placeholders_give_way_to_an_ornament() -> None:
    data = narrated_epub(make_book(pictures={"scene_1": BookPicture(make_picture(), "?", fallback=True)}))
    for scene in SCENES:
        (image,) = tree(data, f"{scene}.xhtml").iter(f"{XHTML}img")
        assert image.get("alt") == ""
        assert Image.open(BytesIO(files_in(data)[image.get("src", "")])).size == (1000, 1000)


def test_text_is_escaped_and_what_xml_cannot_hold_is_left_out() -> None:
    data = narrated_epub(make_book(content=make_content(("<b>A&B</b>\x00\x0b ]]> 🦊",) * 4, title="<i>&amp;</i>")))
    assert "<b>A&B</b> ]]> 🦊" in "".join(tree(data, "scene_1.xhtml").itertext())
    assert tree(data, "package.opf").findtext(f".//{DC}title") == "<i>&amp;</i>"


def test_right_to_left_books_turn_their_pages_the_other_way() -> None:
    data = epub(make_book(language="he"), None, None)
    spine = tree(data, "package.opf").find(f"{OPF}spine")
    assert spine is not None
    assert spine.get("page-progression-direction") == "rtl"
    assert tree(data, "scene_1.xhtml").get("dir") == "rtl"
    # the numbers of questions hang where their lines begin, not off the screen's edge
    assert b'[dir="rtl"] ol, [dir="rtl"] ul { padding: 0 1.4em 0 0; }' in files_in(data)["style.css"]


def test_questions_lead_back_to_their_scene(narrated: bytes) -> None:
    links = [link.get("href") for link in tree(narrated, "activities.xhtml").iter(f"{XHTML}a")]
    assert links == ["scene_1.xhtml", "scene_2.xhtml", "scene_3.xhtml"]


@pytest.mark.parametrize(
    ("start", "media_type"),
    [(b"ID3\x04", "audio/mpeg"), (b"\0\0\0\x20ftypM4A ", "audio/mp4"), (b"OggS\0", "audio/ogg; codecs=opus")],
)
def test_the_audio_is_listed_as_what_it_is(start: bytes, media_type: str) -> None:
    data = epub(make_book(), make_narration(make_book().content.text), start + bytes(100))
    types = [item.get("media-type") for item in tree(data, "package.opf").iter(f"{OPF}item")]
    assert media_type in types


def test_audio_that_readers_need_not_play_is_refused() -> None:
    with pytest.raises(ValueError, match="neither MP3"):
        epub(make_book(), make_narration(make_book().content.text), b"RIFF\0\0\0\0WAVE")


def test_french_keeps_its_no_break_spaces_and_gets_those_that_are_missing() -> None:
    texts = ("Un\u00a0soir, M. Ours dit : « Où\u202f? » et il marcha 10 km !\n\nPuis il dormit.",) * 4
    data = epub(make_book(content=make_content(texts), language="fr"), None, None)
    page = "".join(tree(data, "scene_1.xhtml").itertext())
    assert "Un\u00a0soir, M.\u00a0Ours dit\u00a0: «\u00a0Où\u202f?\u00a0» et il marcha 10\u00a0km\u202f!" in page


def test_verse_keeps_its_lines_and_its_words_light_up() -> None:
    texts = ("Twinkle, twinkle, little star,\nHow I wonder what you are!\n\nAnd she slept.",) * 4
    data = narrated_epub(make_book(content=make_content(texts)))
    stanza, prose = tree(data, "scene_2.xhtml").iter(f"{XHTML}p")
    assert len(list(stanza.iter(f"{XHTML}br"))) == 1
    lines = "".join(stanza.itertext()).split("\n")
    assert lines == ["Twinkle, twinkle, little star,", "How I wonder what you are!"]
    assert "".join(prose.itertext()) == "And she slept."
    assert len(list(tree(data, "scene_2.smil").iter(f"{SMIL}par"))) == 13


def test_no_whole_paragraph_of_a_script_without_capitals_is_set_apart_as_an_opening() -> None:
    texts = ("むかしむかし、きつねがいました。",) * 4
    data = epub(make_book(content=make_content(texts), language="ja"), None, None)
    assert b"lead" not in files_in(data)["scene_1.xhtml"]


def test_long_words_may_be_parted_by_the_reading_system_in_the_language_of_the_book() -> None:
    files = files_in(epub(make_book(language="de"), None, None))
    assert b"hyphens: auto" in files["style.css"]
    assert b'lang="de"' in files["scene_1.xhtml"]
    assert "\u00ad".encode() not in files["scene_1.xhtml"]
