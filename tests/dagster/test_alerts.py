"""The sensors that tell an operator, on a real Dagster instance."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from emulator.testing import Emulator, serving
from storytailor.settings import Settings
from storytailor_dagster import alerts
from storytailor_dagster.alerts import failed_sweep_sensor, operator_alerts_sensor
from storytailor_dagster.maintenance import sweep
from tests.dagster.conftest import StoryMaker, made_with
from tests.making.wire import Body, Wire, completion

Told = list[dict[str, Any]]


@contextmanager
def operators(told: Told) -> Iterator[SecretStr]:
    """A place where operators are told, as one of ALERT_URLS."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield SecretStr(f"json://127.0.0.1:{server.server_port}/operators")
        finally:
            server.shutdown()
            serving.join()


def look(maker: StoryMaker) -> str | None:
    """One tick; what it says."""
    with dg.build_sensor_context(instance=maker.instance, resources={"maker_loop": maker.resource}) as context:
        return operator_alerts_sensor(context).skip_message  # type: ignore[union-attr]


def test_an_account_without_credit_is_told_to_the_operator_once_for_two_stories_and_names_stage_and_remedy(
    settings: Settings, emulator: Emulator
) -> None:
    told: Told = []
    no_credit = {"route": "chat/completions", "kind": 429, "code": "credit_balance_exhausted"}
    emulator.behave(answers="canned", faults=[no_credit])
    with operators(told) as url, made_with(settings.model_copy(update={"alert_urls": (url,)})) as maker:
        stories = [maker.ask() for _ in range(2)]
        for story_id in stories:
            assert not maker.materialize(story_id).success
        assert look(maker) == "1 causes were due."
        assert look(maker) == "0 causes were due."
    (alert,) = told
    assert alert["title"] == "Storytailor: 2 stories failed at content"
    assert "credit" in alert["message"]
    assert f"storytailor story show {stories[-1]}" in alert["message"]
    assert "Maya" not in json.dumps(told)


def test_refusals_of_a_model_in_other_words_each_are_one_alert_and_none_of_its_words_leaves_the_process(
    settings: Settings, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    told: Told = []
    wire = Wire(emulator.url)
    emulator.behave(answers="canned")
    refusals = iter(range(99))

    def refuses(body: Body) -> Body:
        answer: Body = completion({})(body)  # type: ignore[assignment]
        answer["choices"][0]["message"] |= {"content": None, "refusal": f"I won't ask of Quibblefjord {next(refusals)}"}
        return answer

    wire.answer("Activities", *[refuses] * 99)
    with serving(wire.app()) as url, operators(told) as place:
        there = {"emulator_port": int(url.rpartition(":")[2]), "alert_urls": (place,)}
        with made_with(settings.model_copy(update=there)) as maker:
            stories = [maker.ask(generate_assets=False) for _ in range(2)]
            runs = [maker.materialize(story_id) for story_id in stories]
            assert look(maker) == "1 causes were due."
            jobs = maker.query("SELECT error_message FROM asset_generation_jobs WHERE asset_type = 'activities'")
            kept = [str(entry) for run in runs for entry in maker.instance.all_logs(run.run_id)]
    assert [alert["title"] for alert in told] == ["Storytailor: 2 stories failed at activities"]
    assert "The model declined to do this." in told[0]["message"]
    for said in (json.dumps(told), str(jobs), caplog.text, "\n".join(kept)):
        assert "declined" in said
        assert "Quibblefjord" not in said


def test_a_sweep_that_failed_is_told_to_the_operator(settings: Settings) -> None:
    told: Told = []
    with operators(told) as url, made_with(settings.model_copy(update={"alert_urls": (url,)})) as maker:
        maker.execute("ALTER TABLE idempotency_keys RENAME TO gone")
        result = sweep.execute_in_process(
            instance=maker.instance, resources={"maker_loop": maker.resource}, raise_on_error=False
        )
        failure = result.get_run_failure_event()
        ended = dg.build_run_status_sensor_context(
            sensor_name="failed_sweep_sensor",
            dagster_event=failure,
            dagster_instance=maker.instance,
            dagster_run=result.dagster_run,
            resources={"maker_loop": maker.resource},
        )
        with ended.for_run_failure() as context:
            failed_sweep_sensor(context)
        look(maker)
    assert [alert["message"].startswith("The sweep failed: ") for alert in told] == [True]
    assert result.run_id in told[0]["message"]


def test_a_sweep_that_does_not_run_at_all_is_told_once_there_was_time_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Told = []
    with operators(told) as url, made_with(settings.model_copy(update={"alert_urls": (url,)})) as maker:
        look(maker)
        assert told == [], "whoever has just started waits for the first"

        monkeypatch.setattr(alerts, "_STARTED", time.monotonic() - 3_600)
        sweep.execute_in_process(
            instance=maker.instance, resources={"maker_loop": maker.resource}, raise_on_error=False
        )
        look(maker)
        assert told == [], "one has just ended"

        monkeypatch.setattr(alerts, "SWEEP_OVERDUE", timedelta(seconds=1))
        time.sleep(1.1)
        look(maker)
        look(maker)
    assert [alert["message"].startswith("No sweep has ended for half an hour: ") for alert in told] == [True]
    assert "sweep_stuck_assets" in told[0]["message"]
