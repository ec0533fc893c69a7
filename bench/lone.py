"""One story at a time: how soon it is picked up, how far over its path it is done, when there is a first page."""

from __future__ import annotations

import asyncio
import time

from bench.asking import STORY, Posts, finished, path_of, quantile, ready_at, story
from bench.measured_stack import Stack
from bench.report import Results

STORIES = 6
LATENCY = 0.1
"""Of the seed's."""


async def lone(stack: Stack, results: Results, *, stories: int = STORIES) -> float:
    """So many stories, each once the one before it is done; the path of the median one, in seconds."""
    await stack.behave(latency=LATENCY, answers="canned")
    await finished(stack, [await Posts().ask(stack.api)])  # whatever is loaded once
    pickups, over, paths = [], [], []
    for _ in range(stories):
        await asyncio.sleep(0.7)  # not always at the same moment of a tick
        await stack.emulator.delete("/log")
        posts = Posts()
        (ended,) = await finished(stack, [await posts.ask(stack.api)])
        ((_, answered),) = posts.spans
        first, last = path_of([call for call in await stack.calls() if call["start"] > answered])
        pickups.append(first - answered)
        paths.append(last - first)
        over.append(ended - answered - (last - first))
    results.measured("pickup_idle_p50_s", quantile(pickups, 0.5))
    results.measured("pickup_idle_p99_s", max(pickups))
    results.measured("overhead_lone_s", quantile(over, 0.5))
    return quantile(paths, 0.5)


async def first_page(stack: Stack, results: Results) -> None:
    """One story at the seed's own latencies, until it can be read and heard; then it is cancelled."""
    await stack.behave(latency="seed", answers="canned")
    posts = Posts()
    story_id = await posts.ask(stack.api, STORY)
    ((_, answered),) = posts.spans
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        status = (await story(stack, story_id))["asset_generation_status"]
        if all(status["assets"][asset]["status"] == "ready" for asset in ("content", "audio")):
            results.measured("time_to_first_page_s", max(ready_at(status, a) for a in ("content", "audio")) - answered)
            break
        await asyncio.sleep(0.5)
    await stack.api.post(f"/stories/{story_id}/cancel")
