"""What a fleet needs is calculated anew from what a story takes: the page shows what comes of it today."""

from __future__ import annotations

import pytest

from bench.fleet import CPU_SECONDS, EMULATOR_SECONDS, STORIES_A_MINUTE, tables
from tests.docs.pages import prose

PAGE = "docs/scaling.md"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.splitlines()[2].split("|")[1].strip())
def test_the_page_s_table_is_what_comes_of_the_figures_of_one_story(table: str) -> None:
    assert table in prose(PAGE)


def test_two_cores_make_as_many_by_the_calculation_as_they_were_measured_to_make() -> None:
    a_minute = 2 * 60 / (sum(CPU_SECONDS.values()) + EMULATOR_SECONDS)
    assert a_minute == pytest.approx(STORIES_A_MINUTE, rel=0.1)
