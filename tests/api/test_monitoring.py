"""The rules for Prometheus, the dashboard for Grafana and the autoscaling in `deploy/` ask for what `/metrics` has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from emulator.testing import Emulator
from storytailor.db import Database
from storytailor.db.workers import Workers
from storytailor.errors import ProviderStoppedError
from storytailor.providers.circuit import Circuit
from tests.api.conftest import Person

ROOT = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bstorytailor_\w+")
SERIES = re.compile(r"\b(storytailor_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "prometheus" / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / "grafana" / "storytailor.json").read_text())["panels"]
    return found


def autoscaling() -> list[dict[str, Any]]:
    """By what the workers of `deploy/kubernetes` become more."""
    found = yaml.safe_load((ROOT / "kubernetes" / "manifests" / "autoscaling.yaml").read_text())
    triggers: list[dict[str, Any]] = found["spec"]["triggers"]
    return triggers


def asked_for() -> dict[str, set[str]]:
    """The series' names by the expression that asks for them."""
    expressions = [rule["expr"] for rule in rules()]
    expressions += [target["expr"] for panel in panels() for target in panel["targets"]]
    expressions += [trigger["metadata"]["query"] for trigger in autoscaling() if trigger["type"] == "prometheus"]
    return {expression: set(NAME.findall(expression)) for expression in expressions}


def rule(name: str) -> str:
    """What one rule asks."""
    (expression,) = [str(one["expr"]) for one in rules() if one["alert"] == name]
    return expression


def added_up(expression: str, shown: str) -> list[float]:
    """For each series that the expression names, in its order: what those of `/metrics` that it lets in come to.

    No more of PromQL than these rules need: there is no promtool to ask.
    """
    samples = [sample for family in text_string_to_metric_families(shown) for sample in family.samples]

    def wanted(labels: dict[str, str], matchers: str) -> bool:
        for label, sign, value in MATCHER.findall(matchers):
            hit = re.fullmatch(value, labels[label]) if "~" in sign else labels[label] == value
            if bool(hit) is ("!" in sign):
                return False
        return True

    return [
        sum(sample.value for sample in samples if sample.name == name and wanted(sample.labels, matchers))
        for name, matchers in SERIES.findall(expression)
    ]


@pytest.fixture
async def ended(database_url: str, client: httpx.AsyncClient, maya: Person) -> None:
    """A story asked for, and one that ended before."""
    asked = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    assert asked.status_code == 201
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO measurements (metric, stage, outcome, amount) VALUES ('story', 'all', 'ready', 61)"
        )


async def test_every_series_that_a_rule_or_a_panel_asks_for_is_in_metrics(
    client: httpx.AsyncClient, ended: None
) -> None:
    shown = set(NAME.findall((await client.get("/metrics")).text))
    assert len(asked_for()) > 10
    assert {name: where - shown for name, where in asked_for().items() if where - shown} == {}


async def test_metrics_tell_how_many_workers_a_provider_lets_in_no_more(
    client: httpx.AsyncClient, database: Database
) -> None:
    line = {"provider": "OpenAI", "model": "gpt-5.2", "state": "open", "reason": "no credit left"}
    for name in ("one", "other"):
        await Workers(database).announce(uuid4(), name, 2, 30, circuits=[line])
    shown = (await client.get("/metrics")).text
    assert 'storytailor_provider_circuit{model="gpt-5.2",provider="OpenAI",state="open"} 2.0' in shown
    assert "no credit" not in shown


async def test_a_missing_worker_is_alerted_of_while_a_story_waits_for_one(
    client: httpx.AsyncClient, maya: Person, database: Database, database_url: str
) -> None:
    await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE asset_generation_jobs SET updated_at = now() - interval '1 minute'")

    async def seen() -> tuple[float, bool]:
        workers, waited = added_up(rule("StorytailorNoWorkers"), (await client.get("/metrics")).text)
        return workers, waited > 30

    assert await seen() == (0, True)
    await Workers(database).announce(uuid4(), "one", 2, 30)
    assert await seen() == (1, True)
    assert "storytailor_worker_places 2.0" in (await client.get("/metrics")).text


async def test_a_provider_that_stopped_is_alerted_of_until_a_call_has_found_it_mended(
    client: httpx.AsyncClient, database: Database
) -> None:
    now, worker = [0.0], uuid4()
    circuit = Circuit(lambda: now[0])

    async def alerted() -> bool:
        line = {"provider": "OpenAI", "model": "gpt-5.2", "state": circuit.state, "reason": circuit.reason}
        await Workers(database).announce(worker, "one", 2, 30, circuits=[line])
        (stopped,) = added_up(rule("StorytailorProviderStopped"), (await client.get("/metrics")).text)
        return stopped > 0

    assert not await alerted()
    with pytest.raises(ProviderStoppedError), circuit.passage():
        raise ProviderStoppedError("stopped", remedy="Pay.")
    for _ in range(9):  # two minutes in which nobody asks for a story
        assert await alerted()
        now[0] += 15
    with circuit.passage():
        """Somebody has paid."""
    assert not await alerted()


@pytest.mark.parametrize("name", ["StorytailorObjectiveBurns", "StorytailorObjectiveSlips"])
async def test_an_outage_in_which_no_story_ends_misses_the_objective(
    client: httpx.AsyncClient, maya: Person, database_url: str, name: str
) -> None:
    async def missed() -> float | None:
        """Of all stories there were: none was counted before."""
        met, ended, overdue, *_ = added_up(rule(name), (await client.get("/metrics")).text)
        return 1 - met / (ended + overdue) if ended + overdue else None

    await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    assert await missed() is None
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE story_orders SET created_at = created_at - interval '301 s'")
    assert await missed() == 1


async def test_probes_neither_hide_the_errors_that_families_get_nor_count_as_such(
    client: httpx.AsyncClient, maya: Person, emulator: Emulator
) -> None:
    async def errors_and_all() -> tuple[float, float]:
        errors, asked = added_up(rule("StorytailorErrors"), (await client.get("/metrics")).text)
        return errors, asked

    emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 99}])
    answer = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    assert answer.status_code == 503
    for path in ("/health", "/ready", "/metrics") * 20:
        await client.get(path)
    assert (await client.get("/ready")).status_code == 503, "a probe that counts as an error"
    assert await errors_and_all() == (1, 1)


@pytest.mark.parametrize("one", rules(), ids=lambda one: str(one["alert"]))
def test_a_rule_says_what_is_wrong_and_what_to_do(one: dict[str, Any]) -> None:
    assert one["annotations"]["summary"].endswith(".")
    assert one["annotations"]["remedy"].endswith(".")
    assert one["labels"]["severity"] in ("critical", "warning")


def test_no_two_panels_of_the_dashboard_lie_over_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
