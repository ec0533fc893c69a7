"""What the database has counted of all stories, as Prometheus reads it: the same from each process, and never less."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from storytailor.catalog import ALL_ASSETS
from storytailor.db.measurements import InTime, Measured
from storytailor.durations import BUCKETS

BOUNDS = (*BUCKETS, float("inf"))
READABLE = ("ready", "partial")
Counts = Mapping[tuple[str, str, str], Mapping[float, Measured]]


@dataclass(frozen=True)
class Objective:
    """So many percent of stories can be read within so many seconds of being asked for."""

    percent: float
    seconds: float


class MeasuredCollector(Collector):
    """Histograms and counters with the values that the database has when Prometheus scrapes."""

    def __init__(self, measured: Iterable[Measured], leases: int, today: InTime, objective: Objective) -> None:
        self._counts: defaultdict[tuple[str, str, str], dict[float, Measured]] = defaultdict(dict)
        for row in measured:
            self._counts[row.metric, row.stage, row.outcome][row.bucket] = row
        self._leases, self._today, self._objective = leases, today, objective

    def collect(self) -> Iterable[Metric]:
        """How long stories and their stages took, leases, dollars, and the objective."""
        stages = HistogramMetricFamily(
            "storytailor_asset_seconds", "From an asset's first try to its end.", labels=["stage", "outcome"]
        )
        for key in self._with("asset", {("asset", asset, "ready") for asset in ALL_ASSETS}):
            stages.add_metric(key[1:], *_histogram(self._counts.get(key, {})))
        stories = HistogramMetricFamily(
            "storytailor_story_seconds",
            "From a family's request to the end of its story; what is made again is not counted.",
            labels=["assets", "outcome"],
        )
        for key in self._with("story", {("story", "all", "ready")}):
            stories.add_metric(key[1:], *_histogram(self._counts.get(key, {})))
        return [stages, stories, *self._leases_and_dollars(), *self._objectives()]

    def _leases_and_dollars(self) -> list[Metric]:
        lost, dollars = self._counts["lease", "", ""], self._counts["dollars", "", ""]
        return [
            GaugeMetricFamily("storytailor_leases_held", "Leases that workers hold and renew.", self._leases),
            CounterMetricFamily(
                "storytailor_leases_lost",
                "Leases that ran out, since their worker did not renew them.",
                sum(row.times for row in lost.values()),
            ),
            CounterMetricFamily(
                "storytailor_usd_spent", "US dollars for providers.", sum(row.total for row in dollars.values())
            ),
        ]

    def _objectives(self) -> list[Metric]:
        ended, in_time = 0, 0
        for (metric, stage, outcome), buckets in self._counts.items():
            if metric == "story" and stage == "all" and outcome != "cancelled":
                ended += sum(row.times for row in buckets.values())
                if outcome in READABLE:
                    in_time += sum(row.times for row in buckets.values() if row.bucket <= self._objective.seconds)
        told: list[Metric] = [
            GaugeMetricFamily(
                "storytailor_objective_ratio",
                "The part of stories that is to be in time.",
                self._objective.percent / 100,
            ),
            GaugeMetricFamily("storytailor_objective_seconds", "What counts as in time.", self._objective.seconds),
            CounterMetricFamily(
                "storytailor_objective_stories", "Whole stories that ended and nobody cancelled.", ended
            ),
            CounterMetricFamily("storytailor_objective_met", "Those of them that could be read in time.", in_time),
            GaugeMetricFamily(
                "storytailor_objective_overdue",
                "Whole stories still being made for longer than that: missed, and not yet counted.",
                self._today.overdue,
            ),
        ]
        if self._today.percent is not None:
            words = "The part of stories that was in time, of those that ended in the last 24 hours or are overdue."
            told.append(GaugeMetricFamily("storytailor_objective_met_ratio", words, self._today.percent / 100))
        return told

    def _with(self, metric: str, always: set[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        return sorted({key for key in self._counts if key[0] == metric} | always)


def _histogram(buckets: Mapping[float, Measured]) -> tuple[list[tuple[str, float]], float]:
    """Prometheus's own form: numbers up to each bound, and the sum."""
    numbers = accumulate(buckets[bound].times if bound in buckets else 0 for bound in BOUNDS)
    bounds = ["+Inf" if bound == BOUNDS[-1] else f"{bound:g}" for bound in BOUNDS]
    return list(zip(bounds, map(float, numbers), strict=True)), sum(row.total for row in buckets.values())
