"""Tables that a test puts into the report of the run, whichever worker it ran on and though it passed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

PROPERTY = "table"

ReportTable = Callable[[str, str], None]


@pytest.fixture
def report_table(record_property: Callable[[str, object], None]) -> ReportTable:
    """Have a title and a table printed at the end of the run."""
    return lambda title, table: record_property(PROPERTY, [title, table])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == PROPERTY:
                    title, table = value
                    terminalreporter.section(title)
                    terminalreporter.write_line(table)
