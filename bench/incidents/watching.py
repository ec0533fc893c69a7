"""What an incident says: to the operator by doctor, alert and trace, and to the family."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.stacks import RunningStack
from emulator.testing import serving
from storytailor.tracing import ASSET, STORY
from tests.telemetry.receivers import OtlpReceiver, Step

QUIET = ("Objective",)
"""Findings that follow from the others."""


@dataclass
class AlertReceiver:
    """Apprise's JSON posts, as they came."""

    url: str = ""
    told: list[str] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        """Take one."""
        body = await request.json()
        self.told.append(f"{body['title']}\n{body['message']}")
        return Response()

    def wait(self, already: int, seconds: float) -> list[str]:
        """What was told beyond so many, as soon as it is something, or nothing within so many seconds."""
        ends = time.monotonic() + seconds
        while len(self.told) <= already and time.monotonic() < ends:
            time.sleep(0.5)
        return self.told[already:]


@contextmanager
def receiving_alerts() -> Iterator[AlertReceiver]:
    """A receiver on a free port of this machine."""
    receiver = AlertReceiver()
    with serving(Starlette(routes=[Route("/alerts", receiver.receive, methods=["POST"])])) as url:
        receiver.url = url.replace("http://", "json://") + "/alerts"
        yield receiver


def doctor(stack: RunningStack) -> list[str]:
    """What the doctor finds that is not fine, each with its remedy."""
    asked = subprocess.run(
        (stack.command, "doctor", "--json"),
        cwd=stack.folder,
        env={"PATH": "/usr/bin:/bin", **stack.settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    findings = json.loads(asked.stdout)["findings"]
    return [
        f"{found['name']}: {found['result']} → {found['remedy']}"
        for found in findings
        if found["severity"] != "ok" and found["name"] not in QUIET
    ]


def ready(stack: RunningStack) -> list[str]:
    """What `/ready` says, for whoever watches from outside, where no alert is told."""
    answer = httpx.get(stack.ready, timeout=60)
    return [f"none; /ready says {answer.status_code}: {answer.json().get('message') or 'ready'}"]


def failed_steps(traces: OtlpReceiver, story_id: str | None, since: int) -> list[str]:
    """The steps of the story's trace that failed: `make audio: PermanentError`; of none, all that came since."""
    time.sleep(1.5)  # traces are sent every half second here
    steps = traces.steps
    if story_id is None:
        chosen: list[Step] = steps[since:]
    else:
        ids = {step.span.trace_id for step in steps if step.attributes.get(STORY) == story_id}
        chosen = [step for step in steps if step.span.trace_id in ids]
    by_id = {step.span.span_id: step for step in chosen}
    found: dict[str, int] = {}
    for step in chosen:
        if step.failed:
            parent = by_id.get(step.span.parent_span_id)
            under = f" (in {parent.name})" if parent and ASSET in parent.attributes else ""
            said = f"{step.name}{under}: {step.attributes['error.type']}"
            found[said] = found.get(said, 0) + 1
    return [said + (f" ×{times}" if times > 1 else "") for said, times in found.items()]


def of_story(story: dict[str, Any]) -> list[str]:
    """What a family sees of its story: where it stands, and why each part that failed did; placeholders too."""
    states = story["asset_generation_status"]
    said = [f"{story['status']} ({states['overall']})"]
    for asset, state in states["assets"].items():
        if str(state.get("error", "")).startswith("Not made, because"):
            continue
        if state["status"] == "failed":
            said.append(f"{asset}: {state.get('error')}")
        elif state.get("metadata", {}).get("fallback"):
            said.append(f"{asset}: a placeholder")
        elif states["overall"] == "generating" and state["status"] != "ready":
            said.append(f"{asset}: {state['status']}")
    without = [asset for asset, state in states["assets"].items() if "Not made" in str(state.get("error"))]
    return [*said, f"{', '.join(without)}: Not made, because …"] if without else said


def of_answer(answer: httpx.Response) -> list[str]:
    """What a family's app is answered instead."""
    body = answer.json()
    wait = f", Retry-After {answer.headers['retry-after']}" if "retry-after" in answer.headers else ""
    return [f"{answer.status_code} {body['code']}{wait}: {body['message']}"]
