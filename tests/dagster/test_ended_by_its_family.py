"""What a family ends is ended where it is made: a provider's call that is under way is hung up, and none follows."""

from __future__ import annotations

import threading
import time

import dagster as dg
import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator, serving
from storytailor.settings import Settings
from tests.api.conftest import SECRET, token
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker

MOMENT = 2.0
"""Seconds for what takes none on a machine with nothing else to do."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With leases as they are in service, and a provider that is waited for much longer than that."""
    return settings.model_copy(update={"lease_seconds": 10, "provider_timeout": 25})


@pytest.mark.parametrize(("method", "path"), [("POST", "/cancel"), ("DELETE", "")], ids=["cancelled", "deleted"])
def test_a_call_under_way_is_hung_up_within_a_renewal_of_its_family_ending_the_story_and_none_follows(
    maker: StoryMaker, worker: Worker, emulator: Emulator, settings: Settings, method: str, path: str
) -> None:
    emulator.behave(answers="canned", faults=[{"schema": "StoryContent", "kind": "timeout", "times": 1}])
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    ended_at: list[float] = []

    def end(api: str) -> None:
        while not emulator.calls(schema="StoryContent"):
            time.sleep(0.05)
        time.sleep(1)  # what its worker writes beside the call is written: only the renewal can tell it now
        asked = httpx.request(method, f"{api}/api/v1/stories/{story_id}{path}", headers=family)
        assert asked.is_success, asked.text
        ended_at.append(time.time())

    family = {"Authorization": f"Bearer {token(maker.user)}"}
    with serving(create_app(settings.model_copy(update={"jwt_secret": SecretStr(SECRET)}))) as api:
        ending = threading.Thread(target=end, args=(api,))
        ending.start()
        run = worker.make(worker.request(lease))
        made_until = time.time()
        ending.join()
    (call,) = emulator.calls(schema="StoryContent")
    (asked_at,) = ended_at
    assert call["status"] is None, "it was never answered"
    assert call["end"] - asked_at < settings.lease_renewal_seconds + MOMENT
    assert made_until - asked_at < settings.lease_renewal_seconds + 2 * MOMENT
    assert run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
