"""The errors of the local stack; each message is shown to the user as it is, and says what to do."""

from __future__ import annotations

from storytailor.errors import StorytailorError


class StackError(StorytailorError):
    """The local stack cannot start or cannot go on."""


class AlreadyRunningError(StackError):
    """Another process holds this state directory's stack."""


class ServiceFailedError(StackError):
    """A process of the stack exited again and again, or never became ready."""

    def __init__(self, service: str, what: str, log: str, last_lines: list[str]) -> None:
        tail = "".join(f"\n    {line}" for line in last_lines) or "\n    (it printed nothing)"
        super().__init__(f"{service} {what}. Its last lines:{tail}\n  The whole log: {log}")
