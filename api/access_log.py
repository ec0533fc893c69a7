"""The server's log lines, printed as ours are, without what stands behind a `?`: it may be somebody's token."""

from __future__ import annotations

import logging

from storytailor.logs import LogFormat, configure

SERVER_LOGS = ("uvicorn.access", "uvicorn.error")


class _WithoutQueries(logging.Filter):
    """Cuts the query off every path among a line's arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                argument.partition("?")[0] if isinstance(argument, str) and argument.startswith("/") else argument
                for argument in record.args
            )
        return True


WITHOUT_QUERIES = _WithoutQueries()


def log_as(log_format: LogFormat) -> None:
    """Let this process log in this form, the server that it is included."""
    configure(log_format, instead_of=("uvicorn", *SERVER_LOGS))


def keep_queries_out_of_logs() -> None:
    """Log requests and sockets by their path alone, from now on in this process."""
    for name in SERVER_LOGS:
        logging.getLogger(name).addFilter(WITHOUT_QUERIES)  # a filter it has already is not added again
