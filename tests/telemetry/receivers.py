"""Receivers of traces and errors, read by the classes of others: what was sent is what anybody's receiver gets."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.testing import serving
from storytailor.tracing import STORY

WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Step:
    """A span that was received, and the service that sent it."""

    service: str
    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def kind(self) -> str:
        name: str = Span.SpanKind.Name(self.span.kind)
        return name.removeprefix("SPAN_KIND_")

    @property
    def failed(self) -> bool:
        return self.span.status.code == Status.STATUS_CODE_ERROR

    @property
    def seconds(self) -> float:
        return (self.span.end_time_unix_nano - self.span.start_time_unix_nano) / 1e9

    @property
    def attributes(self) -> dict[str, Any]:
        values = {pair.key: pair.value for pair in self.span.attributes}
        return {name: getattr(value, value.WhichOneof("value") or "string_value") for name, value in values.items()}


@dataclass
class OtlpReceiver:
    """All that was sent to `/v1/traces`."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body)
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type="application/x-protobuf")

    @property
    def steps(self) -> list[Step]:
        found: list[Step] = []
        for body in list(self.bodies):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                named = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
                spans = [span for scope in resource.scope_spans for span in scope.spans]
                found += [Step(named["service.name"], span) for span in spans]
        return found

    def wait_for(self, wanted: Callable[[list[Step]], bool]) -> list[Step]:
        """What was received, as soon as it is what is wanted."""
        ends = time.monotonic() + WAIT_SECONDS
        while not wanted(steps := self.steps):
            if time.monotonic() > ends:
                pytest.fail(f"These alone came: {sorted({step.name for step in steps})}")
            time.sleep(0.1)
        return steps


@dataclass(frozen=True)
class Trace:
    """All steps of one trace."""

    all: list[Step]

    def only(self, name: str) -> Step:
        """The one step of this name."""
        (step,) = [step for step in self.all if step.name == name]
        return step

    def parent(self, step: Step) -> Step:
        """The step that it is part of."""
        (parent,) = [other for other in self.all if other.span.span_id == step.span.parent_span_id]
        return parent


def one_trace(receiver: OtlpReceiver, story_id: str) -> Trace:
    """The trace of this story's run, once that has ended."""

    def runs(steps: list[Step]) -> list[Step]:
        return [step for step in steps if step.name == "run story" and step.attributes[STORY] == story_id]

    steps = receiver.wait_for(lambda steps: bool(runs(steps)))
    (run,) = runs(steps)
    return Trace([step for step in steps if step.span.trace_id == run.span.trace_id])


@contextmanager
def receiving_traces() -> Iterator[OtlpReceiver]:
    """A receiver of OTLP over HTTP, on a free port."""
    receiver = OtlpReceiver()
    with serving(Starlette(routes=[Route("/v1/traces", receiver.receive, methods=["POST"])])) as url:
        receiver.url = url
        yield receiver


@dataclass
class SentryReceiver:
    """The events of all envelopes that were sent to a project, and the envelopes as they came."""

    dsn: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        text = (gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body).decode()
        self.raw.append(text)
        _, *items = text.split("\n")
        for header, payload in zip(items[::2], items[1::2], strict=False):
            if json.loads(header)["type"] == "event":
                self.events.append(json.loads(payload))
        return JSONResponse({})


@contextmanager
def receiving_errors() -> Iterator[SentryReceiver]:
    """A receiver of Sentry's envelopes, on a free port."""
    receiver = SentryReceiver()
    route = Route("/api/{project}/envelope/", receiver.receive, methods=["POST"])
    with serving(Starlette(routes=[route])) as url:
        receiver.dsn = url.replace("http://", "http://public@") + "/1"
        yield receiver
