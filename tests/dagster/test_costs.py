"""What a story costs, through the real assets: every try is counted, in the story's row and in Dagster."""

from __future__ import annotations

import logging
from typing import Any

import dagster as dg
import pytest

from emulator.testing import Emulator
from storytailor.catalog import AssetName
from storytailor.making.usage import cost_of_story
from storytailor.settings import Settings
from storytailor_dagster.run_leases import LEASE_TAG
from tests.dagster.conftest import StoryMaker


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The room's settings, with what a test changes of them."""
    return settings.model_copy(update=getattr(request, "param", {}))


def calls_of(maker: StoryMaker, story_id: Any, asset: AssetName, model: str) -> dict[str, int]:
    counts: dict[str, int] = maker.row(story_id)["usage"][asset]["models"][model]
    return counts


def test_a_try_that_failed_after_the_model_had_answered_is_counted(maker: StoryMaker, emulator: Emulator) -> None:
    unreadable = {"route": "chat/completions", "schema": "StoryContent", "kind": "malformed", "times": 1}
    emulator.behave(answers="canned", faults=[unreadable])
    story_id = maker.ask(generate_assets=False)
    assert maker.materialize(story_id, ["content"]).success
    assert len(emulator.calls(schema="StoryContent")) == 2
    usage = maker.row(story_id)["usage"]["content"]
    assert usage["models"]["gpt-5.2"]["calls"] == 2
    one = (usage["models"]["gpt-5.2"]["input_tokens"] * 1.75 + usage["models"]["gpt-5.2"]["output_tokens"] * 14) / 1e6
    rubric = usage["models"]["gpt-4.1-mini"]  # judges what can be read
    assert rubric["calls"] == 1
    judged = (rubric["input_tokens"] * 0.4 + rubric["output_tokens"] * 1.6) / 1e6
    assert usage["cost_usd"] == pytest.approx(one + judged, abs=2e-6)


def test_an_asset_that_ends_failed_has_cost_what_its_tries_used(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned", faults=[{"route": "moderations", "kind": 400, "times": 9}])
    story_id = maker.ask(generate_assets=False)
    result = maker.materialize(story_id, ["content"])
    assert maker.assets(story_id)["content"]["status"] == "failed"
    used = maker.row(story_id)["usage"]["content"]
    assert used["models"]["gpt-5.2"]["calls"] == len(emulator.calls(schema="StoryContent")) == 1
    assert used["cost_usd"] > 0
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    shown = failure.step_failure_data.user_failure_data
    assert shown is not None
    assert shown.metadata["cost_usd"].value == used["cost_usd"]


def test_pictures_drawn_again_and_portraits_are_in_the_cost(
    maker: StoryMaker, settings: Settings, emulator: Emulator
) -> None:
    emulator.behave()
    story_id = maker.ask()
    assert maker.materialize(story_id, ["content", "palette"]).success
    assert calls_of(maker, story_id, "content", settings.image_model)["calls"] == 1  # the portrait
    emulator.behave(omit_traits={"manual_wheelchair": 3})
    maker.materialize(story_id, ["cover"])
    assert maker.assets(story_id)["cover"]["metadata"]["fallback"]
    assert calls_of(maker, story_id, "cover", settings.image_model)["calls"] == 3


def test_dagster_shows_what_an_asset_and_its_story_cost(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    result = maker.materialize(story_id, ["content", "palette"])
    shown = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    usage = maker.row(story_id)["usage"]
    assert {name: found["cost_usd"].value for name, found in shown.items()} == {
        name: used["cost_usd"] for name, used in usage.items()
    }
    assert shown["palette"]["story_cost_usd"].value == pytest.approx(cost_of_story(usage))


@pytest.mark.parametrize("settings", [{"story_model": "gpt-6.1-luna"}], indirect=True)
def test_an_unknown_price_is_shown_as_unknown_with_the_models_name(maker: StoryMaker, emulator: Emulator) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    result = maker.materialize(story_id, ["content"])
    (made,) = result.asset_materializations_for_node("content")
    assert made.metadata["cost_usd"] == dg.MetadataValue.text("unknown: no price for gpt-6.1-luna")
    assert made.metadata["story_cost_usd"] == dg.MetadataValue.text("unknown: a model's price is not known")
    used = maker.row(story_id)["usage"]["content"]
    assert used["cost_usd"] is None
    assert used["models"]["gpt-6.1-luna"]["calls"] == 1


def test_what_a_lost_lease_used_is_in_the_log(
    maker: StoryMaker, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    with caplog.at_level(logging.WARNING, logger="storytailor_dagster.story_asset"):
        maker.execute(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN NEW.lease_token := gen_random_uuid(); RETURN NEW; END'"
        )
        maker.execute(
            "CREATE TRIGGER lose BEFORE UPDATE ON asset_generation_jobs FOR EACH ROW "
            "WHEN (OLD.status = 'generating' AND NEW.status = 'generating') EXECUTE FUNCTION lose()"
        )
        result = maker.materialize(story_id, ["content"], tags={LEASE_TAG: str(lease.token)})
    assert not result.success
    assert maker.row(story_id)["usage"] == {}
    (told,) = [record.getMessage() for record in caplog.records]
    assert f"content of story {story_id}" in told
    assert "Used and not counted" in told
    assert '"gpt-5.2"' in told
