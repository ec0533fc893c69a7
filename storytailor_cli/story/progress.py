"""A story's progress on the screen: a bar for each asset on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol, Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Column
from rich.text import Text

from storytailor.catalog import ALL_ASSETS
from storytailor.status import AssetState, AssetStatus

LABELS: Mapping[str, str] = {
    "content": "the story",
    "palette": "its colours",
    "audio": "narration",
    "pdf": "PDF, screen and print",
    "epub": "EPUB",
}
"""Where an asset's name would not do."""
LOOKS: Mapping[AssetState, tuple[str, str]] = {
    "pending": ("·", "dim"),
    "generating": ("…", "cyan"),
    "retrying": ("↻", "yellow"),
    "ready": ("✓", "green"),
    "failed": ("✗", "red"),
}
"""Each state's sign and style."""


def label(asset: str) -> str:
    """An asset's name as the user reads it."""
    return LABELS.get(asset, asset.replace("_", " "))


LABEL_WIDTH = max(len(label(asset)) for asset in ALL_ASSETS)


class ProgressDisplay(AbstractContextManager["ProgressDisplay"], Protocol):
    """Something that shows a story's assets as they change."""

    def update(self, assets: Mapping[str, AssetStatus]) -> None:
        """Show these states."""


def progress_display(console: Console, assets: Iterable[str]) -> ProgressDisplay:
    """Bars for a terminal, lines for a file or a pipe."""
    return Bars(console, assets) if console.is_terminal else Lines(console)


def describe(asset: AssetStatus) -> str:
    """What is going on with an asset, in a few words."""
    metadata = asset.metadata or {}
    if asset.status == "failed":
        return asset.error or "failed"
    words = [str(metadata[key]) for key in ("paletteStep", "motif") if metadata.get(key)][:1]
    attempt = metadata.get("attempt") or 1
    if asset.status == "retrying" or attempt > 1:
        words.append(f"attempt {attempt}" if metadata.get("attempt") else "again")
    if metadata.get("fallback"):
        words.append("a placeholder picture")
    return ", ".join(words)


class Bars:
    """A live bar for each asset."""

    def __init__(self, console: Console, assets: Iterable[str]) -> None:
        self._progress = Progress(
            _Mark(),
            TextColumn("{task.description}", table_column=Column(min_width=LABEL_WIDTH)),
            _Bar(),
            _Seconds(table_column=Column(min_width=8, justify="right")),
            TextColumn(
                "{task.fields[details]}",
                style="dim",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            expand=True,
            console=console,
        )
        self._tasks: dict[str, TaskID] = {
            name: self._progress.add_task(label(name), start=False, total=100, state="pending", details="")
            for name in assets
        }

    def update(self, assets: Mapping[str, AssetStatus]) -> None:
        """Move the bars."""
        for name, asset in assets.items():
            task = self._tasks[name]
            if asset.status != "pending" and self._progress.tasks[task].start_time is None:
                self._progress.start_task(task)
            self._progress.update(task, completed=asset.progress, state=asset.status, details=describe(asset))
            if asset.status in ("ready", "failed"):
                self._progress.stop_task(task)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


class Lines:
    """A line for each asset that starts, is tried again, is ready or has failed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._states: dict[str, AssetState] = {}
        self._started = time.monotonic()

    def update(self, assets: Mapping[str, AssetStatus]) -> None:
        """Print what has changed."""
        for name, asset in assets.items():
            if asset.status != self._states.get(name, "pending"):
                self._states[name] = asset.status
                details = f" ({words})" if (words := describe(asset)) else ""
                seconds = time.monotonic() - self._started
                self._console.print(
                    f"{seconds:6.1f} s  {label(name)}: {asset.status}{details}", markup=False, soft_wrap=True
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class _Mark(ProgressColumn):
    """The state as a sign."""

    def render(self, task: Task) -> Text:
        sign, style = LOOKS[task.fields["state"]]
        return Text(f"  {sign}", style=style)


class _Bar(ProgressColumn):
    """The progress as a bar in the state's color; an empty one for what has not started."""

    def render(self, task: Task) -> ProgressBar:
        _, style = LOOKS[task.fields["state"]]
        return ProgressBar(100, task.completed, width=24, complete_style=style, finished_style=style)


class _Seconds(ProgressColumn):
    """The seconds it has taken so far."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time if task.finished_time is not None else task.elapsed
        return Text("" if seconds is None else f"{seconds:5.1f} s", style="dim")
