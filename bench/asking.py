"""Asking a stack for stories, and waiting for them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from bench.measured_stack import Stack

MAYA = "00000000-0000-4000-8000-000000000101"
STORY: Mapping[str, Any] = {
    "character_ids": [MAYA],
    "story_type": "bedtime",
    "themes": ["courage"],
    "generateAssets": True,
}


@dataclass
class Posts:
    """When each POST was sent and answered, in epoch seconds."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """How long each took."""
        return [end - start for start, end in self.spans]

    async def ask(self, api: httpx.AsyncClient, story: Mapping[str, Any] = STORY) -> str:
        """Ask for a story; its id."""
        began = time.time()
        answer = await api.post("/stories", json=story)
        self.spans.append((began, time.time()))
        story_id: str = answer.raise_for_status().json()["data"]["id"]
        return story_id


async def story(stack: Stack, story_id: str) -> dict[str, Any]:
    """A story as its family reads it."""
    data: dict[str, Any] = (await stack.api.get(f"/stories/{story_id}")).raise_for_status().json()["data"]
    return data


async def finished(stack: Stack, ids: Sequence[str]) -> list[float]:
    """Wait for these stories; when the last asset of each was ready, in epoch seconds.

    One look a second for all of them: a look for each would be a load of its own.
    """
    waiting = set(ids)
    while waiting:
        listed = await stack.api.get("/stories", params={"status": "generating", "limit": 100})
        items = listed.raise_for_status().json()["data"]
        waiting = {item["id"] for item in items["items"]} & waiting if items["nextCursor"] is None else waiting
        await asyncio.sleep(1 if waiting else 0)
    return [await finished_at(stack, story_id) for story_id in ids]


async def finished_at(stack: Stack, story_id: str) -> float:
    """When the last asset of a story was ready. Ends the benchmark when the story is anything else."""
    status = (await story(stack, story_id))["asset_generation_status"]
    if status["overall"] != "ready":
        raise SystemExit(f"Story {story_id} ended {status['overall']}: {json.dumps(status['assets'])}")
    return max(ready_at(status, asset) for asset in status["assets"])


def ready_at(status: Mapping[str, Any], asset: str) -> float:
    """When an asset was ready, in epoch seconds."""
    return datetime.fromisoformat(status["assets"][asset]["completedAt"]).timestamp()


def path_of(calls: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """When the first of a story's calls began, and when the last one ended, in epoch seconds."""
    return min(call["start"] for call in calls), max(call["end"] for call in calls)


def quantile(seconds: Sequence[float], share: float) -> float:
    """The value below which this share of them lies; of few, the largest."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
