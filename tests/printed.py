"""Tables that a test puts into the output of the run, whichever worker it ran on and though it passed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

PRINTED = "printed"

Print = Callable[[str, str], None]


@pytest.fixture
def print_table(record_property: Callable[[str, object], None]) -> Print:
    """Have a title and a table printed at the end of the run."""
    return lambda title, table: record_property(PRINTED, [title, table])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was handed in."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, printed in report.user_properties:
                if name == PRINTED:
                    title, table = printed
                    terminalreporter.section(title)
                    terminalreporter.write_line(table)
