"""`storytailor logged`: one of Dagster's own programs, told to log as LOG_FORMAT says. It has no setting for that."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from storytailor.logs import LogFormat

DAGSTERS_NAMES: Mapping[LogFormat, str] = {"text": "colored", "json": "json"}


def run_logged(words: Sequence[str], log_format: LogFormat) -> None:
    """Become the program, which is installed beside this one; returns never."""
    program, *arguments = words
    path = str(Path(sysconfig.get_path("scripts")) / program)
    os.execv(path, (path, *arguments, "--log-format", DAGSTERS_NAMES[log_format]))
