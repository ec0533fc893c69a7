"""What this process counts and measures for Prometheus, and what it reads when it is scraped."""

from __future__ import annotations

import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storytailor.db.budgets import Spending
from storytailor.db.workers import ProviderCircuit, WorkerCapacity

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """A process's own metrics, in a registry of their own: several apps in a process do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "storytailor_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "storytailor_http_answer_seconds",
            "From a request to the beginning of its answer.",
            ["method", "route"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.created = Counter(
            "storytailor_stories_created",
            "Stories asked for; one that is told again under an idempotency key is not.",
            ["assets"],
            registry=self.registry,
        )


class MetricsMiddleware:
    """Counts every request by its route's template, never by its path: that would be a series an id."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure until the answer begins: a stream of events goes on for as long as its story."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in METHODS else "other"
                route = route_template(scope)
                self._metrics.requests.labels(method, route, str(message["status"])).inc()
                self._metrics.seconds.labels(method, route).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, counted)


class StateCollector(Collector):
    """Gauges with the values they have when Prometheus scrapes."""

    def __init__(
        self,
        subscriptions: int,
        jobs: dict[str, int] | None,
        oldest: float | None,
        spending: Spending | None,
        workers: WorkerCapacity | None = None,
        circuits: Sequence[ProviderCircuit] = (),
    ) -> None:
        self._subscriptions = subscriptions
        self._jobs = jobs
        self._oldest = oldest
        self._spending = spending
        self._workers = workers
        self._circuits = circuits

    def collect(self) -> list[GaugeMetricFamily]:
        """The gauges; those of the queue are left out when the database did not answer."""
        gauges = [
            GaugeMetricFamily("storytailor_sse_watchers", "Streams of events open here.", self._subscriptions),
            GaugeMetricFamily("storytailor_database_up", "Whether it answered.", int(self._jobs is not None)),
        ]
        if self._jobs is not None:
            jobs = GaugeMetricFamily("storytailor_jobs", "Unfinished jobs of all stories.", labels=["state"])
            for state, number in self._jobs.items():
                jobs.add_metric([state], number)
            oldest = GaugeMetricFamily(
                "storytailor_queue_oldest_seconds",
                "How long the job has waited that nobody makes and that has waited longest; 0 when none waits.",
                self._oldest or 0.0,
            )
            gauges += [jobs, oldest, self._by_circuit()]
        if self._workers is not None:
            places = "Stories that they can make side by side, as they said last."
            gauges.append(GaugeMetricFamily("storytailor_workers", "Workers that are there.", self._workers.workers))
            gauges.append(GaugeMetricFamily("storytailor_worker_places", places, self._workers.slots))
        if self._spending is not None:
            dollars = GaugeMetricFamily(
                "storytailor_usd",
                "US dollars for providers today (UTC), all users': spent, and expected of work under way.",
                labels=["state"],
            )
            dollars.add_metric(["spent"], self._spending.spent)
            dollars.add_metric(["under_way"], self._spending.under_way)
            gauges.append(dollars)
        return gauges

    def _by_circuit(self) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(
            "storytailor_provider_circuit",
            "Workers whose calls to a model are in this state: closed, half_open, or open, when none goes out.",
            labels=["provider", "model", "state"],
        )
        for circuit in self._circuits:
            gauge.add_metric([circuit.provider, circuit.model, circuit.state], circuit.workers)
        return gauge


def route_template(scope: Scope) -> str:
    """`/stories/{story_id}` for a route, `/assets` for what is mounted there, `none` for a path without a route.

    Put together from path and parameters, since a route knows nothing of the prefixes it was included under.
    """
    if "route" not in scope:
        return str(scope.get("root_path") or "none")
    names = {value: name for name, value in scope["path_params"].items()}
    return "/".join(f"{{{names[step]}}}" if step in names else step for step in scope["path"].split("/"))
