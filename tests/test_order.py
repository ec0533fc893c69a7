"""The order of the files, the longest first, and which of them go together."""

from __future__ import annotations

import pytest

from tests.conftest import LONGEST_FIRST, ONE_STACK, ROOT, pytest_collection_modifyitems, unit_of


def test_every_file_that_is_to_come_first_is_there() -> None:
    assert [file for file in LONGEST_FIRST if not (ROOT / file).exists()] == []


def test_long_files_come_first_and_the_others_stay_in_their_order(request: pytest.FixtureRequest) -> None:
    before = list(reversed(request.session.items))
    items = list(before)
    pytest_collection_modifyitems(items)
    places = [LONGEST_FIRST.index(name) if (name := name_of(item)) in LONGEST_FIRST else None for item in items]
    long = [place for place in places if place is not None]
    assert long == sorted(long)
    assert None not in places[: len(long)]
    assert [item for item in before if name_of(item) not in LONGEST_FIRST] == items[len(long) :]


def test_files_that_share_a_stack_go_to_one_process_and_every_other_file_to_any() -> None:
    units = {file: unit_of(file) for file in LONGEST_FIRST}
    assert len({unit for file, unit in units.items() if file.startswith("tests/end_to_end/")}) == 1
    assert all(unit == file for file, unit in units.items() if not file.startswith("tests/end_to_end/"))


def test_the_file_that_ends_the_stack_comes_after_all_that_use_it() -> None:
    files = {file.relative_to(ROOT).as_posix() for file in (ROOT / ONE_STACK).glob("test_*.py")}
    assert files == set(LONGEST_FIRST[: len(files)])
    assert LONGEST_FIRST[len(files) - 1] == f"{ONE_STACK}test_the_end.py"


def name_of(item: pytest.Item) -> str:
    """Its file, as seen from the checkout."""
    return item.path.relative_to(ROOT).as_posix()
