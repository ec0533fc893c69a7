"""A provider that lets nobody in, as the stories of a worker and its operator see it."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from emulator.testing import Emulator
from storytailor.db.health import QueueHealth
from storytailor.providers import gate
from storytailor.providers.circuit import FIRST_PAUSE_SECONDS, Circuit
from storytailor_dagster import worker_presence
from storytailor_dagster.worker_presence import WorkerPresence
from tests.dagster.conftest import StoryMaker

STOPPED = "The writing service cannot be used until something is put right on our side."


def test_stories_end_at_once_with_their_debits_back_and_are_made_again_once_somebody_has_paid(
    maker: StoryMaker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(gate, "Circuit", lambda: Circuit(lambda: now))
    emulator.behave(answers="canned", faults=[{"route": "*", "kind": 429, "code": "insufficient_quota"}])
    refused = [maker.ask(generate_assets=False) for _ in range(4)]
    for story_id in refused:
        began = time.monotonic()
        assert not maker.materialize(story_id, ["content"]).success
        assert time.monotonic() - began < 10
        assert maker.assets(story_id)["content"]["error"] == STOPPED
    assert len(emulator.calls(route="chat/completions")) == 1
    ledger = maker.query("SELECT kind FROM credit_ledger WHERE story_id = ANY(%s) ORDER BY kind", refused)
    assert [kind for (kind,) in ledger] == ["debit"] * 4 + ["refund"] * 4

    emulator.behave(answers="canned")
    now += FIRST_PAUSE_SECONDS
    again = maker.ask(generate_assets=False)
    assert maker.materialize(again).success
    assert maker.row(again)["status"] == "ready"


def test_what_a_worker_was_told_is_known_outside_of_it(
    maker: StoryMaker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_presence, "RENEW_SECONDS", 0.1)
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": 401, "times": 1}])
    assert not maker.materialize(maker.ask(generate_assets=False), ["content"]).success
    presence = WorkerPresence(maker.loop)
    presence.start(slots=2)
    health = QueueHealth(maker.database, in_flight=9)
    deadline = time.monotonic() + 10
    while not (shown := maker.loop.call(health.circuits())):
        assert time.monotonic() < deadline
    presence.leave()
    told = {(line.provider, line.model): line for line in shown}
    story_model = told["OpenAI", maker.services.settings.story_model]
    assert story_model.state in ("open", "half_open")
    assert story_model.workers == 1
    assert "401" in story_model.reason
    assert told["ElevenLabs", maker.services.settings.voice_model].state == "closed"
    assert maker.loop.call(health.circuits()) == []


def test_workers_of_before_say_nothing_and_are_counted_all_the_same(maker: StoryMaker) -> None:
    maker.execute(
        "INSERT INTO workers (id, name, slots, expires_at) VALUES (%s, 'old', 1, now() + interval '1 minute')", uuid4()
    )
    assert maker.loop.call(maker.services.workers.capacity()).workers == 1
    assert maker.loop.call(maker.services.workers.circuits()) == []
