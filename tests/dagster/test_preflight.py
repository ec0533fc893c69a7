"""A book's files for printers, made through Dagster, judged as they are stored."""

from __future__ import annotations

from io import BytesIO

import dagster as dg
import pikepdf
import pytest

from emulator.testing import Emulator
from storytailor.catalog import PICTURES
from storytailor.db.asset_records import FileRecord
from storytailor.making.book_files import BookFiles
from storytailor.settings import Settings
from storytailor_dagster.asset_checks import PREFLIGHT_CHECK, check_results
from tests.dagster.conftest import StoryMaker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"print_profiles": frozenset({"ingramspark"})})


def test_a_story_says_of_each_printer_whether_its_stored_files_can_be_sent(
    maker: StoryMaker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    result = maker.materialize(story_id, ["content", "palette", *PICTURES, "pdf"])
    assert result.success
    pdf = maker.assets(story_id)["pdf"]["metadata"]
    verdicts = pdf["preflight"]
    assert {name: (verdict["made"], verdict["passes"]) for name, verdict in verdicts.items()} == {
        "home": (True, True),
        "lulu": (False, False),
        "kdp": (False, False),
        "ingramspark": (True, True),
    }
    assert (verdicts["ingramspark"]["standard"], verdicts["ingramspark"]["colorSpaces"]) == ("PDF/X-1a:2001", ["CMYK"])
    assert 100 < verdicts["ingramspark"]["ink"] <= 240
    assert "Interior and cover are one file; this printer wants two." in verdicts["kdp"]["problems"]
    (check,) = [one for one in result.get_asset_check_evaluations() if one.check_name == PREFLIGHT_CHECK]
    assert (check.passed, check.metadata["ingramspark"].value) == (True, "yes")
    assert str(check.metadata["lulu"].value).startswith("no: Interior and cover are one file")

    def stored(url: str) -> bytes:
        services = maker.loop.services
        return maker.loop.call(services.store.get(pdf[url].removeprefix(services.settings.assets_url)))

    assert credentials_of(stored("printUrl"))
    for url in ("ingramsparkInteriorUrl", "ingramsparkCoverUrl"):
        assert not credentials_of(stored(url))
        assert b"PDF/X-1a:2001" in stored(url)


def credentials_of(pdf: bytes) -> bool:
    with pikepdf.open(BytesIO(pdf)) as document:
        return "/AF" in document.Root or "/Names" in document.Root


@pytest.mark.parametrize(("made", "passes"), [(True, False), (False, True)])
def test_only_a_printer_for_whom_files_were_made_and_do_not_do_fails_the_check(made: bool, passes: bool) -> None:
    verdict = {"made": made, "passes": False, "problems": ["There are 16 pages; the printer binds 24 at least."]}
    record = FileRecord(url="u", objects={}, metadata={"preflight": {"kdp": verdict}})
    (check,) = check_results(BookFiles({}), record, [])
    assert (check.passed, check.severity) == (passes, dg.AssetCheckSeverity.WARN)
    assert check.metadata["kdp"].value == "no: There are 16 pages; the printer binds 24 at least."
