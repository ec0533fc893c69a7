"""The incidents: what is done to the stack, and what is asked of it meanwhile."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from bench.chaos.kills import ProcessKind, processes
from bench.stacks import RunningStack

MAYA = "00000000-0000-4000-8000-000000000101"
STORY_SECONDS = 120.0
ALERT_SECONDS = 75.0
"""Two looks of the sensor, and some more on a busy machine."""
Faults = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Family:
    """Somebody who asks for stories."""

    stack: RunningStack
    api: httpx.Client

    def ask(self) -> httpx.Response:
        """Ask for a story."""
        story = {"character_ids": [MAYA], "story_type": "bedtime", "themes": ["courage"], "generateAssets": True}
        return self.api.post("/stories", json=story)

    def story(self, story_id: str) -> dict[str, Any]:
        """The story as it stands."""
        data: dict[str, Any] = self.api.get(f"/stories/{story_id}").raise_for_status().json()["data"]
        return data

    def wait(self, story_id: str, seconds: float = STORY_SECONDS) -> dict[str, Any]:
        """The story, once it is over or so many seconds have passed."""
        ends = time.monotonic() + seconds
        while True:
            story = self.story(story_id)
            if story["asset_generation_status"]["overall"] != "generating" or time.monotonic() > ends:
                return story
            time.sleep(0.5)

    def behave(self, faults: Faults = ()) -> None:
        """Let the providers fail so."""
        config = {"answers": "canned", "faults": list(faults)}
        httpx.post(f"{self.stack.emulator}/config", json=config, timeout=10).raise_for_status()


@dataclass(frozen=True)
class Incident:
    """What goes wrong, as the table names it, and how: `during` is done around a story that is asked for.

    `wait` is how long its story is waited for; `remake` names the asset that is made again of a story that was whole.
    """

    name: str
    faults: Faults = ()
    during: Callable[[Family], Any] | None = None
    wait: float = STORY_SECONDS
    alert_seconds: float = ALERT_SECONDS
    remake: str | None = None
    loses: str | None = None
    """The asset whose file is gone before that."""


@contextmanager
def stopped(family: Family, kind: ProcessKind) -> Iterator[None]:
    """All of the stack's processes of this kind stand still, with those they have started."""
    found = [one for top in processes(family.stack.process.pid, kind) for one in (top, *top.children(recursive=True))]
    for process in found:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in found:
            if psutil.pid_exists(process.pid):
                process.send_signal(signal.SIGCONT)


@contextmanager
def store_refuses(family: Family) -> Iterator[None]:
    """Nothing can be written where stories' files lie: a file is where their folder was."""
    stories = family.stack.state / "assets" / "stories"
    aside = stories.with_name("stories-aside")
    stories.rename(aside)
    stories.touch()
    try:
        yield
    finally:
        stories.unlink()
        aside.rename(stories)


def lose_file(family: Family, story_id: str, asset: str) -> None:
    """The file of one asset is gone from the store, as if somebody had tidied up."""
    for file in (family.stack.state / "assets" / "stories" / story_id).glob(f"{asset}-*"):
        file.unlink()


INCIDENTS = (
    Incident("content: the writer's answers cannot be read", [{"schema": "StoryContent", "kind": "truncated_json"}]),
    Incident("palette: OpenAI fails by itself", [{"schema": "PaletteJourney", "kind": 500}]),
    Incident(
        "cover: the filter blocks every picture of it", [{"asset": "cover", "kind": "moderation_blocked_at_output"}]
    ),
    Incident("scene: OpenAI draws no second scene", [{"route": "images", "asset": "scene_2", "kind": 500}]),
    Incident("audio: ElevenLabs' characters are used up", [{"route": "text-to-speech", "kind": "quota_exceeded"}]),
    Incident("activities: the model declines", [{"schema": "Activities", "kind": "chat_refusal"}]),
    Incident("pdf: a picture is gone from the store", remake="pdf", loses="scene_3"),
    Incident("epub: the narration is gone from the store", remake="epub", loses="audio"),
    Incident("store: no file can be written", during=store_refuses),
    Incident("queue: no worker is there", during=lambda family: stopped(family, "worker"), wait=50),
    Incident("provider: OpenAI has no credit", [{"route": "images", "kind": "credit_balance_exhausted"}]),
    Incident("moderation: its key is refused", [{"route": "moderations", "kind": "invalid_api_key"}]),
    Incident("database: it does not answer", during=lambda family: stopped(family, "postgres"), alert_seconds=5),
)
