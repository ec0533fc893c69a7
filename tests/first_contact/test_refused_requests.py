"""Each real answer to the moderation of a request: what operator and family read, and that nothing was taken."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from api.app import create_app
from emulator.testing import Emulator
from storytailor.settings import Settings
from tests.api.conftest import client_of, create_person
from tests.first_contact.conftest import said_to_operator
from tests.first_contact.rows import REFUSALS, TITLE, Refusal
from tests.report_tables import ReportRow


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.words)
async def test_a_request_that_cannot_be_checked_is_refused_at_once_and_costs_nothing(
    row: Refusal,
    emulator: Emulator,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    report_row: ReportRow,
) -> None:
    family = create_person(settings.database, tier="free")
    if row.kind == "unreachable":
        settings = settings.model_copy(update={"moderation_base_url": "http://127.0.0.1:9/v1"})
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:

        async def account() -> Any:
            return (await client.get("/api/v1/me", headers=family.headers)).json()["data"]

        before = await account()
        if row.kind != "unreachable":
            emulator.behave(answers="canned", faults=[{"kind": row.kind, "route": "moderations"}])
        caplog.set_level(logging.INFO, "storytailor")
        began = time.monotonic()
        answer = await client.post("/api/v1/stories", json=family.story_request(), headers=family.headers)
        seconds = time.monotonic() - began
        asked = len(emulator.calls(fault=row.kind))
        after = await account()
        made = (await client.get("/api/v1/stories", headers=family.headers)).json()["data"]["items"]
    operator, body = said_to_operator(caplog), answer.json()
    report_row(
        TITLE,
        {
            "the answer": f"{row.words}, at the request ({row.kind})",
            "the operator reads": operator[0] if operator else "-",
            "the family reads": body["message"],
            "ends": f"{answer.status_code}, nothing taken" if after == before else f"{answer.status_code}, taken",
            "calls": str(asked),
            "seconds": f"{seconds:.1f}",
        },
    )
    assert answer.status_code == row.status
    assert row.family in body["message"]
    assert ("Retry-After" in answer.headers) is (row.status == 503)
    for words in row.operator:
        assert any(words in said for said in operator), f"the operator does not read {words!r}: {operator}"
    assert "sk-proj-" not in f"{operator}{body}"
    assert (after, made) == (before, [])
    assert asked <= 2  # the request's own, and that of the watch on moderation, which hears of it
    assert seconds < 10
