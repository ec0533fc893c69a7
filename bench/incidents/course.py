"""The course of an incident: provoked, waited for, and ended; and what was said of it to whom."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx

from bench.incidents.provoking import Family, Incident, lose_file
from bench.incidents.watching import AlertReceiver, doctor, failed_steps, of_answer, of_story, ready
from bench.stacks import RunningStack
from storytailor.db.demo import DEMO_USER
from tests.telemetry.receivers import OtlpReceiver


@dataclass(frozen=True)
class Said:
    """What was said of an incident, in lines."""

    incident: str
    doctor: list[str]
    alert: list[str]
    trace: list[str]
    family: list[str]


@contextmanager
def opened(stack: RunningStack) -> Iterator[Family]:
    """The demo user of this stack."""
    headers = {"Authorization": f"Bearer {stack.token(DEMO_USER)}"}
    with httpx.Client(base_url=stack.api, headers=headers, timeout=120) as api:
        yield Family(stack, api)


def provoke(incident: Incident, family: Family, alerts: AlertReceiver, traces: OtlpReceiver) -> Said:
    """One incident from its beginning to its end."""
    told, traced, before = len(alerts.told), len(traces.steps), doctor(family.stack)
    story_id = _story_that_loses(family, incident.loses) if incident.loses else None
    family.behave(incident.faults)
    with ExitStack() as meanwhile:
        if incident.during is not None:
            meanwhile.enter_context(incident.during(family))
        said, story_id = _asked(incident, family, story_id)
        alert = alerts.wait(told, incident.alert_seconds) or ready(family.stack)
        found = [finding for finding in doctor(family.stack) if finding not in before]
    family.behave()
    _until_ready(family)
    if incident.during is not None and story_id is not None:
        said.append(f"afterwards: {of_story(family.wait(story_id))[0]}")
    return Said(incident.name, found, alert, failed_steps(traces, story_id, traced), said)


def _story_that_loses(family: Family, asset: str) -> str:
    """A whole story, the file of one of whose assets is gone."""
    family.behave()
    story_id: str = family.ask().raise_for_status().json()["data"]["id"]
    family.wait(story_id)
    lose_file(family, story_id, asset)
    return story_id


def _asked(incident: Incident, family: Family, story_id: str | None) -> tuple[list[str], str | None]:
    """What the family is told of what it asks for, and the story."""
    if story_id is not None:
        wanted = {"assetTypes": [incident.remake]}
        family.api.post(f"/stories/{story_id}/assets/regenerate", json=wanted).raise_for_status()
        return of_story(family.wait(story_id)), story_id
    answer = family.ask()
    if answer.status_code != 201:
        return of_answer(answer), None
    story_id = str(answer.json()["data"]["id"])
    return of_story(family.wait(story_id, incident.wait)), story_id


def _until_ready(family: Family) -> None:
    while httpx.get(family.stack.ready, timeout=60).status_code != 200:
        time.sleep(0.5)
