"""The benchmark: every figure that has a goal, in some twenty minutes on two quiet cores.

    make bench                                  all of it; prints its tables and writes bench/results.json
    make bench ARGS="--only burst,growth"       some of its parts

What is measured is ours: the emulator gives prepared answers after the seed's latencies, or a part of them. Everything
runs side by side with it on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

from bench.asking import Posts, quantile
from bench.burst import burst, steady, tell
from bench.creating import creating
from bench.growth import growth
from bench.in_flight import in_flight
from bench.lone import LATENCY, first_page, lone
from bench.measured_stack import Stack, measured_stack
from bench.report import Results

STEADY_SECONDS, STEADY_EVERY, STEADY_LATENCY = 180, 2, 0.2
BURST = 60
PARTS = ("lone", "steady", "burst", "first_page", "in_flight", "creating", "growth", "sse", "page", "stock")


async def on_a_stack(parts: set[str], results: Results) -> None:
    """What is measured on one local stack: few stories first, then many."""
    async with measured_stack() as stack:
        path = await lone(stack, results)
        results.notes["path_s"] = round(path, 2)
        if "first_page" in parts:
            await first_page(stack, results)
        if "steady" in parts:
            await _steady(stack, path * STEADY_LATENCY / LATENCY, results)
        if "burst" in parts:
            await _burst(stack, path, results)
        if "in_flight" in parts:
            await in_flight(stack, results)


async def _steady(stack: Stack, path: float, results: Results) -> None:
    await stack.behave(latency=STEADY_LATENCY, answers="canned")
    posts = Posts()
    many = await steady(stack, STEADY_SECONDS, STEADY_EVERY, path, posts)
    tell("steady", many)
    results.measured("overhead_steady_p50_s", quantile(many.over, 0.5))
    results.measured("overhead_steady_p99_s", quantile(many.over, 0.99))
    results.notes["steady_post_ms"] = {
        share: round(1000 * quantile(posts.seconds, at), 1) for share, at in (("p50", 0.5), ("p99", 0.99))
    }


async def _burst(stack: Stack, path: float, results: Results) -> None:
    await stack.behave(latency=LATENCY, answers="canned")
    many = await burst(stack, BURST, path)
    tell(f"burst of {BURST}", many)
    results.measured("burst60_median_s", statistics.median(many.over))
    results.measured("burst60_last_s", many.over[-1])
    results.measured("stories_per_minute", many.a_minute)
    results.notes["cpu_s_per_story"] = {part: round(seconds, 3) for part, seconds in many.processor.items()}
    run = await asyncio.to_thread(_printed, "bench.run_overhead", "--json")
    worker = many.processor["worker"]
    others = sum(used for part, used in many.processor.items() if part not in ("worker", "emulator"))
    overhead = min(worker, float(run["cpu_s_a_run"]))
    results.measured("orchestration_cpu_s_per_story", others + overhead)
    results.measured("making_cpu_s_per_story", worker - overhead)


async def _sse(results: Results) -> None:
    told = await asyncio.to_thread(_printed, "bench.sse_fanout")
    results.measured("sse_1000_p99_s", told["update_to_last_subscriber_s"]["p99"])


async def _page(results: Results) -> None:
    told = await asyncio.to_thread(_printed, "bench.page")
    results.measured("page_first_paint_ms", told["first_paint_ms"])
    results.measured("page_weight_kb", told["weight_kb"])
    results.measured("page_interaction_ms", told["slowest_interaction_ms"])


async def _stock(results: Results) -> None:
    stock = (await asyncio.to_thread(_printed, "bench.stock", "--json"))["stories_a_minute"]
    results.notes["stock_stories_per_minute"] = stock
    if ours := results.values.get("stories_per_minute"):
        results.measured("vs_stock_dagster_throughput", ours / stock)


def _printed(*module: str) -> dict[str, Any]:
    """What a benchmark that has a process of its own prints: one JSON object, at the end."""
    done = subprocess.run((sys.executable, "-m", *module), stdout=subprocess.PIPE, text=True, check=True)
    printed: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return printed


ALONE: dict[str, Callable[[Results], Coroutine[Any, Any, None]]] = {
    "creating": creating,
    "growth": growth,
    "sse": _sse,
    "page": _page,
    "stock": _stock,
}
"""What needs no stack."""


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parts = set(parser.parse_args().only.split(","))
    if unknown := parts - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    began, results = time.monotonic(), Results()
    results.notes["load_before"] = round(os.getloadavg()[0], 1)
    if parts - ALONE.keys():
        asyncio.run(on_a_stack(parts, results))
    for name, measure in ALONE.items():
        if name in parts:
            asyncio.run(measure(results))
    results.notes["minutes"] = round((time.monotonic() - began) / 60, 1)
    results.write()
    print(results.table())
    print(f"In {results.notes['minutes']} minutes; kept in bench/results.json.")


if __name__ == "__main__":
    main()
