"""Provoke incidents on a local stack of our own, and write down what doctor, alert, trace and the family each said.

    python -m bench.incidents [--only WORD …] [--page docs/incidents.md]

It takes a quarter of an hour: an operator is told within half a minute, and each is waited for.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from bench.chaos.report import table
from bench.incidents.course import Said, opened, provoke
from bench.incidents.provoking import INCIDENTS
from bench.incidents.watching import receiving_alerts
from bench.stacks import local_stack
from tests.telemetry.receivers import receiving_traces

HEADS = ("incident", "doctor", "alert", "trace", "family")


def cells_of(said: Said) -> tuple[str, ...]:
    """A row of the table, in Markdown."""
    told = (said.doctor, said.alert, said.trace, said.family)
    return said.incident, *("<br>".join(map(_cell, lines)) or "nothing" for lines in told)


def _cell(line: str) -> str:
    named = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", line)
    named = re.sub(rf"{tempfile.gettempdir()}/[^/]+/", "", named)
    return named.replace("|", "\\|").replace("\n", " / ")


def written(page: Path, rows: list[Said]) -> str:
    """The page with these rows in its table, each in the place of the one that told of the same incident before."""
    before, _, old = page.read_text().partition("| incident |")
    lines = [line for line in old.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    told = {line[2:].partition(" | ")[0]: line for line in lines}
    told |= {row.incident: table(HEADS, [cells_of(row)]).splitlines()[2] for row in rows}
    body = [told[incident.name] for incident in INCIDENTS if incident.name in told]
    return before + "\n".join([*table(HEADS, []).splitlines(), *body]) + "\n"


def main() -> None:
    """Read the options, provoke, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[""], help="those whose name begins with one of these words")
    parser.add_argument("--page", type=Path, help="the page whose table is replaced")
    options = parser.parse_args()
    chosen = [incident for incident in INCIDENTS if incident.name.startswith(tuple(options.only))]
    rows: list[Said] = []
    with tempfile.TemporaryDirectory() as folder, receiving_alerts() as alerts, receiving_traces() as traces:
        settings = {
            "ALERT_URLS": alerts.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
            "OTEL_BSP_SCHEDULE_DELAY": "500",
        }
        with local_stack(Path(folder), **settings) as stack, opened(stack) as family:
            for incident in chosen:
                rows.append(provoke(incident, family, alerts, traces))
                print(*cells_of(rows[-1]), sep="\n  ", flush=True)
                if options.page is not None:
                    options.page.write_text(written(options.page, rows))


if __name__ == "__main__":
    main()
