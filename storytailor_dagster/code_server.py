"""Dagster's code server, which loads the definitions once and serves them, with a log as LOG_FORMAT says:
`python -m storytailor_dagster.code_server HOST PORT`.
"""

from __future__ import annotations

import logging
import sys

from storytailor.alerts import Channels
from storytailor.errors import SettingsError
from storytailor.logs import configure
from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals import serve_definitions

log = logging.getLogger(__name__)

DEFINITIONS = "storytailor_dagster.definitions"
LOCATION = "storytailor"


def main(host: str, port: int) -> None:
    """Serve until it is stopped. Raises SettingsError where ALERT_URLS has one that cannot be told: the first failure
    would be too late to learn of it, since the sensor that tells runs here."""
    Channels(get_settings().alert_urls)
    serve_definitions(DEFINITIONS, LOCATION, host=host, port=port, log_format=get_settings().log_format)


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]))
    except SettingsError as wrong:
        configure("text")
        log.critical("%s", wrong)
        raise SystemExit(1) from wrong
    except KeyboardInterrupt:
        raise SystemExit(0) from None
