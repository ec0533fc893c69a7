"""The server's log lines, printed as ours are, without secrets: what stands behind a `?`, tokens of shared links."""

from __future__ import annotations

import logging

from api.secret_paths import loggable
from storytailor.logs import LogFormat, configure

SERVER_LOGS = ("uvicorn.access", "uvicorn.error")


class _WithoutSecrets(logging.Filter):
    """Cuts the query, and a shared link's token, off every path among a line's arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                loggable(argument.partition("?")[0])
                if isinstance(argument, str) and argument.startswith("/")
                else argument
                for argument in record.args
            )
        return True


WITHOUT_SECRETS = _WithoutSecrets()


def log_as(log_format: LogFormat) -> None:
    """Let this process log in this form, the server that it is included."""
    configure(log_format, instead_of=("uvicorn", *SERVER_LOGS))


def keep_secrets_out_of_logs() -> None:
    """Log requests and sockets by their path alone, from now on in this process."""
    for name in SERVER_LOGS:
        logging.getLogger(name).addFilter(WITHOUT_SECRETS)  # a filter it has already is not added again
