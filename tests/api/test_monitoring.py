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

from storytailor.db import Database
from storytailor.db.workers import Workers
from tests.api.conftest import Person

ROOT = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bstorytailor_\w+")


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


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["remedy"].endswith(".")
    assert rule["labels"]["severity"] in ("critical", "warning")


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
