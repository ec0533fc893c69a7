"""How processes log: a line an event, as text or as JSON, with the story, asset and run that it is about."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from storytailor.withheld import without_words

LogFormat = Literal["text", "json"]
CHATTY = ("httpx", "httpx2", "alembic")

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**what: object) -> Iterator[None]:
    """What is logged meanwhile, in this task or thread, is about this: `about(story=…, asset=…)`; None is nothing."""
    token = _about.set({**_about.get(), **{name: str(value) for name, value in what.items() if value is not None}})
    try:
        yield
    finally:
        _about.reset(token)


def subject() -> Mapping[str, str]:
    """What is logged in this task or thread is about this: `{"story": …, "request": …}`."""
    return _about.get()


def configure(log_format: LogFormat, *, instead_of: Iterable[str] = ()) -> None:
    """Let this process log INFO and above to standard error, libraries that tell of each call from WARNING.

    `instead_of`: loggers that print by themselves and from now on do not, so that each line is there once.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(log_format == "json")  # Python's own, which are two lines of text
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for name in instead_of:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


class TextFormatter(logging.Formatter):
    """`2026-11-25 10:00:00 WARNING storytailor.leases: … (story=…, asset=cover)`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The line and its traceback, without a family's words."""
        return without_words(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with what it is about at its end."""
        subject = ", ".join(f"{name}={value}" for name, value in _about.get().items())
        return super().formatMessage(record) + (f" ({subject})" if subject else "")


class JsonFormatter(logging.Formatter):
    """An object a line: `time`, `level`, `logger`, `message`, what it is about, `exception` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_words(record.getMessage()),
            **_about.get(),
        }
        if record.exc_info:
            line["exception"] = without_words(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
