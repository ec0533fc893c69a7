"""How the command line reports errors: in one line that tells what to do; a traceback means a bug of ours."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from storytailor.errors import SettingsError, StorytailorError
from storytailor.settings import Settings, where_to_set

INTERRUPTED = 130


class PlainErrors(TyperGroup):
    """A group of commands whose own errors are shown without a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command; on a StorytailorError, print it and exit with 1."""
        try:
            return super().main(*args, **kwargs)
        except StorytailorError as error:
            print_error(str(error))
            sys.exit(1)


def print_error(message: str) -> None:
    """Print a message to standard error, marked as an error."""
    Console(stderr=True, soft_wrap=True).print(Text.assemble(("✗ ", "bold red"), message))


def load_settings() -> Settings:
    """The settings. Raises SettingsError naming each one that is wrong; their values may be secret."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SettingsError(f"{'; '.join(wrong)}. Settings are set {where_to_set()}.") from None
