"""Words are found however they were written down, or a search that finds nothing says nothing."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path

import pikepdf
import psycopg
import pytest

from storytailor.traces import Traces
from tests.cli.running import storytailor

NAME = "Zoë-Xanthippé"


def an_epub() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scene.xhtml", f"<p>{NAME} sails.</p>")
    return body.getvalue()


def a_pdf(**said: str) -> bytes:
    body = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for name, value in said.items():
            pdf.docinfo[f"/{name}"] = value
        pdf.save(body, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return body.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        NAME.upper().encode(),
        json.dumps({"name": NAME}).encode(),
        json.dumps(json.dumps({"name": NAME})).encode(),
        NAME.encode("utf-16-be"),
        zlib.compress(f'{{"name": "{NAME}"}}'.encode()),
        an_epub(),
        a_pdf(Title=f"{NAME} at sea"),
    ],
)
def test_a_name_is_found_in_whatever_holds_it(body: bytes) -> None:
    assert Traces(["zoë-xanthippé"]).in_file(body)
    assert not Traces(["Zenobia"]).in_file(body)


def test_the_command_names_each_place_and_what_it_has_searched(database_url: str, tmp_path: Path) -> None:
    state, assets = tmp_path / "state", tmp_path / "assets"
    for path in (state / "logs" / "api.log", assets / "stories" / "1" / "words.txt"):
        path.parent.mkdir(parents=True)
        path.write_text(f"nothing\nof {NAME}\n")
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO users (id, email) VALUES (gen_random_uuid(), %s)", (f"{NAME}@home.example",))
    settings = {"DATABASE_URL": database_url, "ASSETS_DIR": str(assets), "STORYTAILOR_STATE_DIR": str(state)}

    found = storytailor("find-traces", NAME, **settings)
    assert (found.returncode, [line for line in found.stdout.splitlines() if line.startswith("FOUND")]) == (
        1,
        [
            "FOUND DATABASE_URL: 1 rows of public.users",
            "FOUND object store: stories/1/words.txt",
            "FOUND log: api.log, lines 2",
        ],
    )
    nothing = storytailor("find-traces", "Zenobia", **settings)
    assert (nothing.returncode, nothing.stdout.splitlines()[-1]) == (0, "Nothing found.")
    short = storytailor("find-traces", "a", **settings)
    assert (short.returncode, "three letters" in short.stderr) == (1, True)
