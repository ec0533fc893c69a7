"""Many stories: how far over its path each is done, in which order, what it costs, and how long a POST takes meanwhile.

    python -m bench.burst [--stories 60] [--latency 0.1] [--steady SECONDS] [--storytailor COMMAND]

A local stack of its own, on canned answers. One story alone shows how long the path is; then so many are asked for at
once. Meanwhile, twice a second, another family asks for one that it cancels at once: that POST is what is timed, and
how much of it its two judges took (latency of the emulator, mostly). `--steady` asks for 20 a minute before the burst,
for so many seconds; there the POSTs of these stories are timed, since one that is cancelled costs a run of its own
while workers are free. `--storytailor` names the command of another checkout, to compare with.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from bench.asking import STORY, Posts, finished, path_of, quantile
from bench.measured_stack import Part, Stack, measured_stack
from bench.stacks import STORYTAILOR

JUDGES = 2
"""Calls for a request: the moderation's, and the rubric's beside it."""
Mark = tuple[str, int]
"""A call's route and size: the same request is judged by calls of the same size."""


@dataclass
class Many:
    """How many stories fared: seconds over the path, sorted; how many ended a minute; processor time of each."""

    over: list[float]
    a_minute: float
    """Of the time from when the first could be ready. Between two ends there is less work than two stories are."""
    by_age: float
    """Spearman's rank correlation of the order of their ends with that in which they were asked for."""
    processor: Mapping[Part, float]


async def path_seconds(stack: Stack) -> float:
    """How long the providers take for one story, from its first call to its last."""
    await finished(stack, [await Posts().ask(stack.api)])  # whatever is loaded once
    await stack.emulator.delete("/log")
    posts = Posts()
    await finished(stack, [await posts.ask(stack.api)])
    ((_, answered),) = posts.spans
    first, last = path_of([call for call in await stack.calls() if call["start"] > answered])
    return last - first


async def burst(stack: Stack, many: int, path: float) -> Many:
    """Ask for so many at once, and wait for all of them."""
    posts, before = Posts(), stack.processor_seconds()
    began = time.time()
    ids = await asyncio.gather(*(posts.ask(stack.api) for _ in range(many)))
    return await _how_they_fared(stack, dict.fromkeys(ids, began), path, before)


async def steady(stack: Stack, seconds: float, every: float, path: float, posts: Posts) -> Many:
    """Ask for one every so many seconds, and wait for all of them."""
    asked, before = dict[str, float](), stack.processor_seconds()
    for _ in range(round(seconds / every)):
        began = time.time()
        asked[await posts.ask(stack.api)] = began
        await asyncio.sleep(began + every - time.time())
    return await _how_they_fared(stack, asked, path, before)


async def _how_they_fared(stack: Stack, asked: Mapping[str, float], path: float, before: Mapping[Part, float]) -> Many:
    ends = await finished(stack, list(asked))
    used = {part: (after - before.get(part, 0.0)) / len(asked) for part, after in stack.processor_seconds().items()}
    over = sorted(end - began - path for end, began in zip(ends, asked.values(), strict=True))
    created = [await _created_at(stack, story_id) for story_id in asked]
    by_age = [end for _, end in sorted(zip(created, ends, strict=True))]
    since_any_could_be_ready = max(ends) - min(asked.values()) - path
    return Many(over, len(ends) / since_any_could_be_ready * 60, _rank_correlation(by_age), used)


async def _created_at(stack: Stack, story_id: str) -> str:
    created: str = (await stack.api.get(f"/stories/{story_id}")).raise_for_status().json()["data"]["created_at"]
    return created


def _rank_correlation(ends: list[float]) -> float:
    ranks = {end: rank for rank, end in enumerate(sorted(ends))}
    return statistics.correlation(list(range(len(ends))), [ranks[end] for end in ends]) if len(ends) > 2 else 1.0


@dataclass
class Probe:
    """What another family asks for, and its judges' calls."""

    story: Mapping[str, Any]
    judges: set[Mark]

    @classmethod
    async def alone(cls, stack: Stack) -> Probe:
        """Asked for once, while nothing is being made."""
        (character,) = (await stack.other.get("/characters")).raise_for_status().json()["data"]["items"]
        probe = cls({**STORY, "character_ids": [character["id"]], "title": "A probe of the line"}, set())
        probe.judges = await judges_of(stack, probe.ask(stack, Posts()))
        return probe

    async def ask(self, stack: Stack, posts: Posts) -> None:
        """Ask for it, and cancel it before anything is made."""
        story_id = await posts.ask(stack.other, self.story)
        await stack.other.post(f"/stories/{story_id}/cancel")


async def judges_of(stack: Stack, asking: Awaitable[object]) -> set[Mark]:
    """The calls that asking for a story makes before it is answered, while nothing else is being made."""
    await stack.emulator.delete("/log")
    await asking
    answered = time.time()
    return {_mark(call) for call in await stack.calls() if call["end"] and call["end"] <= answered}


def _mark(call: Mapping[str, Any]) -> Mark:
    return call["route"], call["request_bytes"]


@asynccontextmanager
async def probing(stack: Stack, probe: Probe, what: str, every: float = 0.5) -> AsyncIterator[None]:
    """Meanwhile another family asks for a story, every so many seconds; afterwards is said how its POSTs fared."""
    await stack.emulator.delete("/log")
    posts = Posts()

    async def keep_asking() -> None:
        while True:
            await probe.ask(stack, posts)
            await asyncio.sleep(every)

    task = asyncio.create_task(keep_asking())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await tell_posts(stack, posts, probe.judges, f"{what}: another's POST beside it")


async def tell_posts(stack: Stack, posts: Posts, judges: set[Mark], what: str) -> None:
    """How long these POSTs took, and how long they would with judges who answer at once."""
    judged = [(call["start"], call["end"]) for call in await stack.calls() if call["end"] and _mark(call) in judges]
    print(f"{what}: {_quantiles(posts.seconds)}; without its judges: {_quantiles(_without(posts, judged))}", flush=True)


def _without(posts: Posts, judged: list[tuple[float, float]]) -> list[float]:
    """How long each took less its judges, who are asked side by side; those whose judges the log still knows."""
    seconds = []
    for start, end in posts.spans:
        calls = [call for call in judged if start <= call[0] and call[1] <= end]
        if len(calls) == JUDGES:
            seconds.append(end - start - (max(until for _, until in calls) - min(since for since, _ in calls)))
    return seconds


def _quantiles(seconds: list[float]) -> str:
    shares = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    at = (f"{name} {quantile(seconds or [0.0], share) * 1000:.0f} ms" for name, share in shares)
    return f"{', '.join(at)} of {len(seconds)}"


def tell(what: str, many: Many) -> None:
    """Print how they fared."""
    used = ", ".join(f"{part} {seconds:.2f}" for part, seconds in sorted(many.processor.items(), key=lambda it: -it[1]))
    print(f"{what}: over the path, first {many.over[0]:.1f} s, median {statistics.median(many.over):.1f} s, "
          f"last {many.over[-1]:.1f} s; {many.a_minute:.1f} a minute; by age {many.by_age:.2f}")  # fmt: skip
    print(f"{what}: processor seconds a story: {used}", flush=True)


async def measure(asked: argparse.Namespace) -> None:
    """The whole of it."""
    async with measured_stack(asked.storytailor) as stack:
        await stack.behave(latency=asked.latency, answers="canned")
        path = await path_seconds(stack)
        print(f"the path: {path:.1f} s")
        probe = await Probe.alone(stack)
        async with probing(stack, probe, "idle"):
            await asyncio.sleep(10)
        if asked.steady:
            judges, posts = await judges_of(stack, Posts().ask(stack.api)), Posts()
            tell("20 a minute", await steady(stack, asked.steady, 3, path, posts))
            await tell_posts(stack, posts, judges, "20 a minute: their POSTs")
        async with probing(stack, probe, f"burst of {asked.stories}"):
            tell(f"burst of {asked.stories}", await burst(stack, asked.stories, path))
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """Measure on a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stories", type=int, default=60)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--steady", type=float, default=0)
    parser.add_argument("--storytailor", default=STORYTAILOR)
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    asyncio.run(measure(asked))


if __name__ == "__main__":
    main()
