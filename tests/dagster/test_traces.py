"""What a trace tells of calls that go wrong: which, of what kind, and nothing of what was said."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from storytailor import tracing
from storytailor.logs import about
from storytailor.settings import Settings
from tests.api.test_quoted_words import NAME, traces_in
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_quoted_words import ask, log, quoted_by, settings, wire
from tests.dagster.workers import Worker
from tests.making.wire import Wire
from tests.telemetry.receivers import OtlpReceiver, receiving_traces

__all__ = ["log", "settings", "wire"]


@pytest.fixture
def traces(settings: Settings) -> Iterator[OtlpReceiver]:
    """All that this process tells in traces, received when they are closed."""
    with receiving_traces() as receiver:
        tracing.configure(settings.model_copy(update={"otel_exporter_otlp_endpoint": receiver.url}), "test")
        yield receiver
        tracing.close()


def test_a_call_refused_with_the_child_s_words_fails_in_the_trace_by_its_kind_alone(
    maker: StoryMaker, worker: Worker, wire: Wire, traces: OtlpReceiver, log: Path
) -> None:
    logging.getLogger("storytailor").setLevel(logging.INFO)
    with about(request="req-7"):
        story_id = ask(maker)
    quoted = quoted_by(wire, "refuses", "text-to-speech")
    (lease,) = maker.claim()
    worker.make(worker.request(lease))
    tracing.close()
    assert quoted, "it was asked, and it quoted"
    failed = {step.name: step.attributes["error.type"] for step in traces.steps if step.failed}
    assert failed == {"make audio": "PermanentError", "generate_content eleven_multilingual_v2": "ApiError"}
    assert traces_in(b"".join(traces.bodies).decode(errors="ignore")) == []
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (told,) = [line for line in lines if line["message"].startswith("Failed for good")]
    assert (told["story"], told["asset"], told["request"]) == (str(story_id), "audio", "req-7")
    assert told["run"]
    (run,) = [step for step in traces.steps if step.name == "run story"]
    assert told["trace_id"] == run.span.trace_id.hex()
    assert NAME not in log.read_text()
