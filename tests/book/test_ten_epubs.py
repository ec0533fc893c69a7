"""What DAISY's Ace and the W3C's EPUBCheck say of narrated books in ten languages."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from storytailor.book import epub
from tests.book.books import TEN, whole_book
from tests.book.epub_checking import must_be_valid, needs_java
from tests.book.sample_book import make_narration
from tests.browser.chromium import find_chromium
from tests.realtime.node import find_node, install

PROGRAMS = Path(__file__).parents[1] / "epubs"
MP3 = b"\xff\xfb\x90\xc4" + bytes(413)  # a frame's header and silence: nothing here decodes it


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files' paths."""
    folder = tmp_path_factory.mktemp("books")
    for language, sample in TEN.items():
        book = whole_book(sample)
        (folder / f"{language}.epub").write_bytes(epub(book, make_narration(book.content.text), MP3))
    return [str(path) for path in sorted(folder.iterdir())]


def found_by_ace(books: list[str], into: Path) -> dict[str, list[dict[str, str]]]:
    """What Ace finds in each book, all in one browser."""
    node, chromium = find_node(), find_chromium()
    install(node, PROGRAMS)
    done = subprocess.run(
        [node.node, "ace.mjs", str(into), *books],
        cwd=PROGRAMS,
        env=os.environ | chromium.environment | {"PUPPETEER_EXECUTABLE_PATH": chromium.path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, list[dict[str, str]]] = json.loads(into.read_text())
    return found


def test_ace_finds_nothing(books: list[str], tmp_path: Path) -> None:
    assert found_by_ace(books, tmp_path / "found.json") == {language: [] for language in TEN}


@needs_java
def test_epubcheck_finds_nothing(books: list[str]) -> None:
    assert len(books) == 10
    must_be_valid([Path(book) for book in books])
