"""What a reader that shares no code with our signer makes of each kind of file."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from storytailor.credentials.certificates import identity_of
from storytailor.credentials.signing import MEDIA_TYPES, Origin, with_credentials
from tests.credentials.independent_reader import read
from tests.credentials.test_credentials import OURS, SOURCES, files

TITLE = "The file that was signed"


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    return files()


@pytest.fixture(scope="module")
def signed(originals: dict[str, bytes]) -> dict[str, bytes]:
    origin = Origin(TITLE, ["gpt-image-2.5-flare"])
    return {kind: with_credentials(body, kind, origin, identity_of(OURS)) for kind, body in originals.items()}


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_another_reader_reads_the_same_and_finds_it_whole(signed: dict[str, bytes], kind: str) -> None:
    found = read(signed[kind], kind)
    assert (found.signed, found.intact) == (True, True)
    assert (found.title, found.issuer) == (TITLE, "Storytailor, self-made")
    (created,) = found.actions
    assert (created["action"], created["digitalSourceType"]) == ("c2pa.created", f"{SOURCES}trainedAlgorithmicMedia")
    assert created["description"] == "Made by gpt-image-2.5-flare."


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_one_changed_byte_of_the_file_shows(signed: dict[str, bytes], originals: dict[str, bytes], kind: str) -> None:
    body, middle = bytearray(signed[kind]), len(originals[kind]) // 2
    body[body.index(originals[kind][middle : middle + 32])] ^= 1
    assert not read(bytes(body), kind).intact


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_one_changed_letter_of_what_is_said_breaks_the_signature(signed: dict[str, bytes], kind: str) -> None:
    assert signed[kind].count(TITLE.encode()) == 1
    found = read(signed[kind].replace(TITLE.encode(), TITLE.replace("w", "W").encode()), kind)
    assert (found.title, found.signed) == (TITLE.replace("w", "W"), False)


def test_a_file_put_into_a_signed_epub_shows(signed: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "story.epub"
    path.write_bytes(signed["epub"])
    with ZipFile(path, "a") as archive:
        archive.writestr("EPUB/scene_5.xhtml", "and more")
    assert not read(path.read_bytes(), "epub").intact
