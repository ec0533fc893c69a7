"""Which printers' files are asked for."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from storytailor.errors import SettingsError
from storytailor.printing.profiles import HOME, profiles
from storytailor.settings import Printer, Settings


def test_every_printer_that_can_be_asked_for_has_rules() -> None:
    assert [HOME, *get_args(Printer)] == list(profiles())


@pytest.mark.parametrize(
    ("written", "meant"), [("", set()), ("home", set()), (" Lulu, ingramspark,", {"lulu", "ingramspark"})]
)
def test_printers_are_listed_with_commas_and_home_is_always_printed(
    written: str, meant: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRINT_PROFILES", written)
    assert Settings(_env_file=None).print_profiles == meant


def test_a_printer_of_whom_nothing_is_known_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRINT_PROFILES", "lulu,blurb")
    with pytest.raises((SettingsError, ValidationError), match="there are no rules of blurb"):
        Settings(_env_file=None)
