"""Every provider quotes the prompt in its errors: neither a log nor what is shown has the child's words."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from emulator.testing import Emulator, serving
from storytailor.logs import JsonFormatter
from storytailor.settings import Settings
from storytailor_dagster import worker_presence
from storytailor_dagster.worker_presence import WorkerPresence
from tests.api.test_quoted_words import LOOKS, NAME, SPECIES, TITLE, traces_in
from tests.dagster.conftest import StoryMaker
from tests.making.wire import Body, Wire
from tests.quoting_provider import Kind, quoting, strings_of

ROUTES = ("Activities", "SceneAnalysis", "images/", "text-to-speech", "TraitVerdicts")
"""What is asked once there is a text; the text itself has answers of its own."""


@pytest.fixture
def wire(emulator: Emulator) -> Wire:
    emulator.behave(answers="canned")
    return Wire(emulator.url)


@pytest.fixture
def settings(settings: Settings, wire: Wire) -> Iterator[Settings]:
    with serving(wire.app()) as url:
        yield settings.model_copy(update={"emulator_port": int(url.rpartition(":")[2])})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """All that this process logs from DEBUG on, as a worker's log with LOG_FORMAT=json."""
    path = tmp_path / "worker.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(JsonFormatter())
    root, ours = logging.getLogger(), logging.getLogger("storytailor")
    root.addHandler(handler)
    before, level = ours.level, root.level
    ours.setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    handler.close()
    ours.setLevel(before)
    root.setLevel(level)


def quoted_by(wire: Wire, kind: Kind, *what: str) -> list[str]:
    """Let these calls be refused with a quotation; the prompts that were quoted."""
    quoted: list[str] = []

    def answer(body: Body) -> Any:
        said = " ".join(strings_of(body))
        if NAME in said:
            quoted.append(said)
        return quoting(kind, said, NAME)

    for part in what:
        wire.answer(part, *[answer] * 60)
    return quoted


def told_of(maker: StoryMaker, run_id: str) -> str:
    """What Dagster keeps of a run."""
    return "\n".join(str(entry) for entry in maker.instance.all_logs(run_id))


def ask(maker: StoryMaker) -> Any:
    maker.execute("UPDATE characters SET name = %s, species = %s, appearance = %s", NAME, SPECIES, LOOKS)
    return maker.ask(title=TITLE)


@pytest.mark.parametrize("kind", ["refuses", "babbles"])
def test_a_story_whose_every_call_is_refused_with_the_prompt_leaves_no_word_of_it_in_a_log(
    maker: StoryMaker, wire: Wire, log: Path, kind: Kind
) -> None:
    story_id = ask(maker)
    quoted = quoted_by(wire, kind, "/")
    result = maker.materialize(story_id, ["content"])
    assert not result.success
    assert quoted
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(line.get("story") == str(story_id) for line in lines), "its failure is in the log"
    assert traces_in(log.read_text()) == []
    assert traces_in(told_of(maker, result.run_id)) == []
    assert traces_in(str(maker.assets(story_id)["content"]["error"])) == []


def test_when_pictures_voice_and_activities_are_refused_with_their_prompts_no_log_has_the_child_s_words(
    maker: StoryMaker, wire: Wire, log: Path
) -> None:
    story_id = ask(maker)
    quoted = quoted_by(wire, "refuses", *ROUTES)
    result = maker.materialize(story_id)
    assert {asset for asset, state in maker.assets(story_id).items() if state["status"] == "failed"} >= {"audio"}
    assert len(quoted) >= 3
    assert traces_in(log.read_text()) == []
    assert traces_in(told_of(maker, result.run_id)) == []
    assert traces_in(" ".join(str(state.get("error")) for state in maker.assets(story_id).values())) == []


def test_a_brief_that_nobody_can_read_fails_its_story_and_tells_where_not_what_it_says(
    maker: StoryMaker, log: Path
) -> None:
    story_id = ask(maker)
    maker.execute("UPDATE stories SET brief = jsonb_set(brief, '{characters}', to_jsonb(%s::text))", f"{NAME}: {LOOKS}")
    result = maker.materialize(story_id, ["content"])
    assert maker.assets(story_id)["content"]["error"].startswith("What was written down of this story cannot be read")
    told = told_of(maker, result.run_id)
    assert "The story's brief cannot be read" in told
    assert "[characters: tuple_type]" in told
    assert traces_in(told) == []
    assert traces_in(log.read_text()) == []


def test_a_refusal_that_stops_everybody_and_quotes_one_child_is_told_to_no_other_family_and_no_operator(
    maker: StoryMaker, wire: Wire, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_presence, "RENEW_SECONDS", 0.1)

    def unpaid(body: Body) -> Any:
        said = " ".join(strings_of(body))
        return JSONResponse({"error": {"message": f"No credit for: {said[said.index(NAME) :]}"}}, 402)

    wire.answer("chat/completions", unpaid)
    ask(maker)
    maker.execute("UPDATE characters SET name = 'Maya', species = 'girl', appearance = 'brown curls'")
    stories = [*(story_id for (story_id,) in maker.query("SELECT id FROM stories")), maker.ask()]
    runs = [maker.materialize(story_id, ["content"]) for story_id in stories]
    presence = WorkerPresence(maker.loop)
    presence.start(slots=2)
    while not (circuits := maker.query("SELECT circuits::text FROM workers WHERE circuits::text LIKE '%402%'")):
        time.sleep(0.05)
    presence.leave()
    reasons = [why for (why,) in maker.query("SELECT error_message FROM asset_generation_jobs WHERE status = 'failed'")]
    assert sum("No credit for" in why for why in reasons) == 2, "both were told why"
    assert traces_in(" ".join([*reasons, *(text for (text,) in circuits)])) == []
    assert traces_in(" ".join(told_of(maker, run.run_id) for run in runs)) == []
    assert traces_in(log.read_text()) == []
