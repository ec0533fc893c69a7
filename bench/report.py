"""What the benchmark measures, what it should come to, and where the figures are kept."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).with_name("results.json")
LIBRARIES = ("dagster", "dagster-celery", "fastapi", "psycopg", "openai", "elevenlabs", "reportlab", "pillow")


@dataclass(frozen=True)
class Key:
    """A figure: what it is, and the goal. `more`: it should be at least the goal, else at most."""

    what: str
    goal: float
    more: bool = False

    def met(self, value: float) -> bool:
        """Whether a value is as it should be."""
        return value >= self.goal if self.more else value <= self.goal


KEYS = {
    "pickup_idle_p50_s": Key("POST answered until the first asset is asked for, idle, median", 0.5),
    "pickup_idle_p99_s": Key("the same, slowest", 1.5),
    "overhead_lone_s": Key("one story over its providers' path, idle", 0.7),
    "time_to_first_page_s": Key("text and voice are there, at the seed's latencies", 60),
    "overhead_steady_p50_s": Key(
        "a story every two seconds for three minutes, latency 0.2: over the path, median", 1.5
    ),
    "overhead_steady_p99_s": Key("the same, 99 %", 4.0),
    "burst60_median_s": Key("60 at once, latency 0.1: over the path, median", 30),
    "burst60_last_s": Key("the same, last", 55),
    "stories_per_minute": Key("finished while the burst is under way, emulator included", 60, more=True),
    "orchestration_cpu_s_per_story": Key("processor time of all but the emulator and the making", 0.9),
    "making_cpu_s_per_story": Key("processor time of the makers", 0.8),
    "in_flight": Key("generating at once without a failure", 300, more=True),
    "memory_mb_per_story_in_flight": Key("of the workers, while they are", 3),
    "vs_stock_dagster_throughput": Key("ours / stock Dagster's, the same assets", 8, more=True),
    "create_alone_p50_ms": Key("POST /stories by one connection, median", 100),
    "create_per_s": Key("POST /stories by 32 connections", 150, more=True),
    "create_p99_ms": Key("the same, 99 %", 150),
    "sensor_tick_100x_ratio": Key("a claim with 100,000 finished and 10,000 queued stories / with 1,000 and 100", 1.2),
    "list_100x_ratio": Key("a page of GET /stories, likewise", 1.5),
    "page_first_paint_ms": Key("the reader's page with 300 books, from the request to the first paint, median", 1000),
    "page_weight_kb": Key("what it loads without pictures and voices", 120),
    "page_interaction_ms": Key("from a key or a click to the frame that answers it, the slowest, median", 100),
    "sse_1000_p99_s": Key("from a commit to the last of 1,000 subscribers, 99 %", 0.5),
}


@dataclass
class Results:
    """The figures of one run."""

    values: dict[str, float] = field(default_factory=dict)
    notes: dict[str, object] = field(default_factory=dict)
    """What belongs to the figures and has no goal: processor time by part, loads, counts."""

    def measured(self, key: str, value: float) -> None:
        """A figure of `KEYS`, said at once."""
        key_of = KEYS[key]
        self.values[key] = round(value, 3)
        print(f"  {key} = {value:.3g} (goal {key_of.goal:g}{'' if key_of.met(value) else ', missed'})", flush=True)

    def table(self) -> str:
        """All figures, as Markdown."""
        rows = ["| key | what | measured | goal | |", "|---|---|---|---|---|"]
        for name, key in KEYS.items():
            value = self.values.get(name)
            said = "not measured" if value is None else f"{value:.3g}"
            verdict: Literal["", "met", "missed"] = "" if value is None else "met" if key.met(value) else "missed"
            rows.append(f"| `{name}` | {key.what} | {said} | {'≥' if key.more else '≤'} {key.goal:g} | {verdict} |")
        return "\n".join(rows)

    def write(self) -> None:
        """Keep them, with the machine, the versions and the date, in `bench/results.json`."""
        kept = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {
                "cores": os.cpu_count(),
                "processor": _processor(),
                "python": platform.python_version(),
                "system": platform.platform(),
                "load": round(os.getloadavg()[0], 1),
            },
            "versions": {library: version(library) for library in LIBRARIES},
            "values": self.values,
            "goals": {name: key.goal for name, key in KEYS.items()},
            "notes": self.notes,
        }
        RESULTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
