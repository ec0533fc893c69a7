"""What nobody expected in Dagster's own processes reaches Sentry as well, where SENTRY_DSN says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dagster.daemons import ROOT, lay_out
from tests.telemetry.receivers import receiving_errors

COMMANDS = {
    "storytailor-daemon": ("storytailor_dagster.daemon", "workspace.yaml"),
    "storytailor-dagster-ui": ("storytailor_dagster.webserver", "workspace.yaml", "127.0.0.1", "0"),
}


@pytest.mark.parametrize(("service", "command"), COMMANDS.items(), ids=COMMANDS)
def test_a_process_of_dagsters_that_breaks_is_sent_to_sentry_by_its_name(
    dagster_url: str, tmp_path: Path, service: str, command: tuple[str, ...]
) -> None:
    environment = lay_out(tmp_path, dagster_url)
    (tmp_path / "workspace.yaml").write_text("load_from: nothing that could be loaded\n")
    with receiving_errors() as sentry:
        ended = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env={**environment, "SENTRY_DSN": sentry.dsn, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert ended.returncode == 1, ended.stderr
    (event,) = sentry.events
    assert event["tags"]["service"] == service
    assert event["exception"]["values"][-1]["type"] == "DagsterInvalidConfigError"
