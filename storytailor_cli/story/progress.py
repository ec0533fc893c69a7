"""A story's progress on the screen: a bar for each asset on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Column
from rich.text import Text

Json = dict[str, Any]
NAMES = {
    "content": "the story",
    "palette": "its colours",
    "cover": "cover",
    "scene_1": "scene 1",
    "scene_2": "scene 2",
    "scene_3": "scene 3",
    "scene_4": "scene 4",
    "audio": "narration",
    "activities": "activities",
    "pdf": "PDF, screen and print",
    "epub": "EPUB",
}
STYLES = {
    "pending": "dim",
    "generating": "cyan",
    "retrying": "yellow",
    "ready": "green",
    "failed": "red",
}
MARKS = {"pending": "·", "generating": "…", "retrying": "↻", "ready": "✓", "failed": "✗"}


class Show(AbstractContextManager["Show"], Protocol):
    """Something that shows a story's assets as they change."""

    def update(self, assets: dict[str, Json]) -> None:
        """The assets' states now."""


def show(console: Console, assets: Iterable[str]) -> Show:
    """Bars for a terminal, lines for a file or a pipe."""
    return Bars(console, assets) if console.is_terminal else Lines(console)


def note(asset: Json) -> str:
    """What is going on with an asset, in a few words."""
    about = asset.get("metadata") or {}
    if asset["status"] == "failed":
        return str(asset.get("error") or "failed")
    words = [str(about[key]) for key in ("paletteStep", "motif") if about.get(key)][:1]
    if asset["status"] == "retrying" or (about.get("attempt") or 1) > 1:
        words.append(f"attempt {about['attempt']}" if about.get("attempt") else "again")
    if about.get("fallback"):
        words.append("a placeholder picture")
    return ", ".join(words)


class Bars:
    """A live bar for each asset."""

    def __init__(self, console: Console, assets: Iterable[str]) -> None:
        self._progress = Progress(
            _Mark(),
            TextColumn("{task.description}", table_column=Column(min_width=max(map(len, NAMES.values())))),
            _Bar(),
            _Seconds(table_column=Column(min_width=8, justify="right")),
            TextColumn(
                "{task.fields[note]}",
                style="dim",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            expand=True,
            console=console,
        )
        self._tasks: dict[str, TaskID] = {
            name: self._progress.add_task(NAMES[name], start=False, total=100, state="pending", note="")
            for name in assets
        }

    def update(self, assets: dict[str, Json]) -> None:
        """Move the bars."""
        for name, asset in assets.items():
            task = self._tasks[name]
            if asset["status"] != "pending" and self._progress.tasks[task].start_time is None:
                self._progress.start_task(task)
            self._progress.update(task, completed=asset["progress"], state=asset["status"], note=note(asset))
            if asset["status"] in ("ready", "failed"):
                self._progress.stop_task(task)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


class Lines:
    """A line for each asset that begins, is tried again, is ready or has failed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._states: dict[str, str] = {}
        self._began = time.monotonic()

    def update(self, assets: dict[str, Json]) -> None:
        """Say what is new."""
        for name, asset in assets.items():
            state = asset["status"]
            if state != self._states.get(name, "pending"):
                self._states[name] = state
                about = f" ({words})" if (words := note(asset)) else ""
                seconds = time.monotonic() - self._began
                self._console.print(
                    f"{seconds:6.1f} s  {NAMES[name]}: {state}{about}", markup=False, soft_wrap=True
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class _Mark(ProgressColumn):
    """The state as a sign."""

    def render(self, task: Task) -> Text:
        state = task.fields["state"]
        return Text(f"  {MARKS[state]}", style=STYLES[state])


class _Bar(ProgressColumn):
    """The progress as a bar in the state's colour; an empty one for what has not begun."""

    def render(self, task: Task) -> ProgressBar:
        style = STYLES[task.fields["state"]]
        return ProgressBar(100, task.completed, width=24, complete_style=style, finished_style=style)


class _Seconds(ProgressColumn):
    """How long it has taken so far."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time if task.finished_time is not None else task.elapsed
        return Text("" if seconds is None else f"{seconds:5.1f} s", style="dim")
