"""The order of the files: the longest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST, pytest_collection_modifyitems


def test_every_file_that_is_to_come_first_is_there() -> None:
    assert [file for file in LONGEST_FIRST if not (Path(__file__).parent / file).exists()] == []


def test_long_files_come_first_and_the_others_stay_in_their_order(request: pytest.FixtureRequest) -> None:
    before = list(reversed(request.session.items))
    items = list(before)
    pytest_collection_modifyitems(items)
    places = [LONGEST_FIRST.index(name) if (name := of_tests(item)) in LONGEST_FIRST else None for item in items]
    long = [place for place in places if place is not None]
    assert long == sorted(long)
    assert None not in places[: len(long)]
    assert [item for item in before if of_tests(item) not in LONGEST_FIRST] == items[len(long) :]


def of_tests(item: pytest.Item) -> str:
    """Where its file is, below this folder."""
    here = Path(__file__).parent
    return item.path.relative_to(here).as_posix() if item.path.is_relative_to(here) else ""
