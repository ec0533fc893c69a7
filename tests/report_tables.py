"""Tables that tests put into the report of the run, whichever worker they ran on and though they passed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping

import pytest

TABLE, ROW = "table", "table row"
WIDEST = 60
"""Characters of a column; longer words go on below."""

ReportTable = Callable[[str, str], None]
ReportRow = Callable[[str, Mapping[str, str]], None]


@pytest.fixture
def report_table(record_property: Callable[[str, object], None]) -> ReportTable:
    """Have a title and a table printed at the end of the run."""
    return lambda title, table: record_property(TABLE, [title, table])


@pytest.fixture
def report_row(record_property: Callable[[str, object], None]) -> ReportRow:
    """Have a row printed at the end of the run, in one table with all rows of this title; its keys are the columns."""
    return lambda title, row: record_property(ROW, [title, dict(row)])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables."""
    rows: dict[str, list[dict[str, str]]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == TABLE:
                    title, table = value
                    terminalreporter.section(title)
                    terminalreporter.write_line(table)
                elif name == ROW:
                    title, row = value
                    rows.setdefault(title, []).append(row)
    for title, table_rows in rows.items():
        terminalreporter.section(title)
        terminalreporter.write_line(drawn(table_rows))


def drawn(rows: Iterable[Mapping[str, str]]) -> str:
    """The rows, sorted by their first column, under their columns' names."""
    listed = sorted(rows, key=lambda row: next(iter(row.values())))
    columns = list(listed[0])
    cells = [[textwrap.wrap(row[column], WIDEST) or [""] for column in columns] for row in listed]
    cells.insert(0, [[column] for column in columns])
    widths = [max(len(line) for row in cells for line in row[index]) for index in range(len(columns))]
    return "\n".join(
        " | ".join(
            (cell[line] if line < len(cell) else "").ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
        for line in range(max(len(cell) for cell in row))
    )
