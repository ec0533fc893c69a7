"""What a check finds, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from storytailor.providers.knock import Knock


@dataclass(frozen=True)
class Finding:
    """The result of one check, and what to do if it is not fine; `warning` says that it may be left so."""

    name: str
    result: str
    remedy: str | None = None
    warning: bool = False

    def as_json(self) -> dict[str, str | None]:
        """`severity` is "ok", "warning" or "problem"; `remedy` is null where nothing needs to be done."""
        severity = "ok" if self.remedy is None else "warning" if self.warning else "problem"
        return {"name": self.name, "result": self.result, "severity": severity, "remedy": self.remedy}

    @property
    def must_be_mended(self) -> bool:
        """Whether something needs to be done."""
        return self.remedy is not None and not self.warning


def of_knocks(room: str, knocks: Iterable[Knock]) -> list[Finding]:
    """The knocks at one place, as findings."""
    return [
        Finding(f"{room}: {knock.what}", knock.result, knock.remedy, knock.severity == "warning") for knock in knocks
    ]


def show(console: Console, findings: Sequence[Finding]) -> None:
    """Print a line for each finding, and below it what to do."""
    width = max((len(finding.name) for finding in findings if len(finding.name) <= 24), default=0)
    for finding in findings:
        if finding.remedy is None:
            mark = ("✓", "green")
        else:
            mark = ("!", "bold yellow") if finding.warning else ("✗", "bold red")
        console.print(Text.assemble(mark, f" {finding.name:<{width}}  {finding.result}"), soft_wrap=True)
        if finding.remedy is not None:
            console.print(Text(f"  {'':<{width}}  → {finding.remedy}", "yellow"), soft_wrap=True)


def without_secrets(url: str) -> str:
    """A URL without user, password and query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
