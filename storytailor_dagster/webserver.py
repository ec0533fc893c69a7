"""Dagster's UI behind its gate: `python -m storytailor_dagster.webserver workspace.yaml HOST PORT`."""

from __future__ import annotations

import logging
import sys

import dagster as dg
import uvicorn

from storytailor.at_start import send_telemetry
from storytailor.errors import SettingsError
from storytailor.logs import configure
from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals import opened_ui
from storytailor_dagster.ui_gate.gate import UiGate
from storytailor_dagster.ui_gate.login import login_for

log = logging.getLogger(__name__)


def main(workspace: str, host: str, port: int) -> None:
    """Serve until it is stopped. Dagster's application listens nowhere by itself: the gate calls it."""
    settings = get_settings()
    configure(settings.log_format)
    send_telemetry(settings, "storytailor-dagster-ui")
    login = login_for(settings, host)
    with dg.DagsterInstance.get() as instance, opened_ui(instance, workspace) as ui:
        gate = UiGate(ui, hosts=settings.dagster_hosts, login=login)
        log.info("Dagster's UI is served on http://%s:%d.", host, port)
        uvicorn.run(gate, host=host, port=port, log_level="warning", log_config=None, access_log=False)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except SettingsError as wrong:
        log.critical("%s", wrong)
        raise SystemExit(1) from wrong
    except KeyboardInterrupt:
        raise SystemExit(0) from None
