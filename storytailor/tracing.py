"""Traces by OpenTelemetry, sent where OTEL_EXPORTER_OTLP_ENDPOINT leads; where it is not set its SDK is not imported.

One trace leads from the request that asked for a story through the queue to its run, its assets and each call of a
provider. What it carries are ids, models, counts, and what kind of error it was: never a prompt, an answer, a name, a
title, or an exception's words.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Literal

from storytailor.logs import about
from storytailor.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

log = logging.getLogger(__name__)

Kind = Literal["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
"""Names of OpenTelemetry's SpanKind."""
Attribute = str | bool | int | float | None
STORY, ASSET, RUN, REQUEST = "storytailor.story", "storytailor.asset", "storytailor.run", "storytailor.request"
"""Attributes of ours; all others are of OpenTelemetry's semantic conventions."""

SEND_SECONDS = 3.0
"""What a receiver that is away may take of a process's end."""

_provider: TracerProvider | None = None
"""This process's own, not OpenTelemetry's global one: what a library would tell by itself may be a family's words."""


def configure(settings: Settings, service: str) -> None:
    """Send this process's traces from now on, if there is somebody to send them to; a second call changes nothing.

    `service` is the process's name, where OTEL_SERVICE_NAME gives none.
    """
    global _provider
    if _provider is not None or not settings.are_traces_sent:
        return
    _set_environment(settings)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = {} if settings.otel_service_name else {SERVICE_NAME: service}
    _provider = TracerProvider(resource=Resource.create(name))
    timeout = None if "OTEL_EXPORTER_OTLP_TIMEOUT" in os.environ else SEND_SECONDS  # None: as that says
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=timeout)))
    log.info("Traces are sent to %s.", settings.otel_exporter_otlp_endpoint)


def _set_environment(settings: Settings) -> None:
    """What the SDK reads by itself, where it reads it; an empty variable is one that is not set."""
    for name in [name for name, value in os.environ.items() if name.startswith("OTEL_") and not value]:
        del os.environ[name]
    os.environ.update(settings.otel_environment())


def close() -> None:
    """Send what has not been sent yet, and nothing more."""
    global _provider
    if _provider is not None:
        _provider.shutdown()
        _provider = None


@contextmanager
def span(
    name: str,
    kind: Kind = "INTERNAL",
    attributes: Mapping[str, Attribute] | None = None,
    *,
    parent: str | None = None,
    began_before: float = 0.0,
) -> Iterator[None]:
    """A step of the trace that is under way in this task or thread, or of `parent`'s, a W3C `traceparent`.

    It began so many seconds before now. An exception that leaves the block lets it fail, by its class's name. Lines
    that are logged meanwhile carry the trace's id.
    """
    if _provider is None:
        yield
        return
    from opentelemetry import trace

    context = _context_of(parent)
    begun = _provider.get_tracer("storytailor").start_span(
        name, context, trace.SpanKind[kind], start_time=time.time_ns() - round(began_before * 1e9)
    )
    traced = begun.get_span_context()
    with (
        trace.use_span(begun, end_on_exit=True, record_exception=False, set_status_on_exception=False),
        about(trace_id=trace.format_trace_id(traced.trace_id)) if traced.trace_flags.sampled else nullcontext(),
    ):
        tell(attributes or {})
        try:
            yield
        except BaseException as error:
            fail(type(error).__name__)
            raise


def tell(attributes: Mapping[str, Attribute]) -> None:
    """Say more of the step that is under way here; what is None is left out."""
    if _provider is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes({name: value for name, value in attributes.items() if value is not None})


def rename(name: str) -> None:
    """Give the step that is under way here the name that was not known when it began."""
    if _provider is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().update_name(name)


def fail(error_type: str) -> None:
    """The step that is under way here did not go well."""
    if _provider is not None:
        from opentelemetry.trace import StatusCode, get_current_span

        get_current_span().set_attribute("error.type", error_type)
        get_current_span().set_status(StatusCode.ERROR)


def traceparent() -> str | None:
    """The step that is under way here, as W3C's header of that name; None where no traces are sent."""
    if _provider is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _context_of(parent: str | None) -> Context | None:
    if parent is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})
