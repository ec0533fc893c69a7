"""A story is deleted: nothing of it stays in either database, but what is stated here."""

from __future__ import annotations

import zlib
from uuid import UUID, uuid4

import dagster as dg
import psycopg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.scheduler.instigation import TickData, TickStatus
from fastapi.testclient import TestClient
from psycopg import sql
from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS
from storytailor.db.dagster_history import Forgotten
from storytailor.settings import Settings
from storytailor_dagster.asset_checks import check_specs
from storytailor_dagster.definitions import build_defs
from storytailor_dagster.history import forget_deleted
from storytailor_dagster.maintenance import sweep
from tests.api.conftest import SECRET, token
from tests.dagster.conftest import StoryMaker
from tests.dagster.daemons import backfill_of
from tests.dagster.test_queue_sensor import run_for, tick

NAME = "Xanthippezz"
OF_EACH_STORY = {"dynamic_partitions", "runs", "run_tags", "event_logs", "asset_check_executions", "asset_keys"}
KEPT_ON_PURPOSE = {"credit_ledger", "story_orders", "spendings", "object_removals"}
"""What was ordered, paid and spent, by story id; and which folder of objects is looked at until that was done."""

CHECKS = sum(len(check_specs(asset)) for asset in ALL_ASSETS)
"""How many checks a story has."""


def found(url: str, needle: str, *, but: str = "") -> dict[str, int]:
    """In how many rows of which tables this stands, in whatever column."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = {}
        for schema, table in tables:
            query = sql.SQL("SELECT count(*) FROM {} AS t WHERE strpos(t::text, %s) > 0")
            ((rows[table],),) = connection.execute(query.format(sql.Identifier(schema, table)), (needle,)).fetchall()
        if "snapshots" in rows:
            bodies = connection.execute("SELECT snapshot_body FROM dagster.snapshots").fetchall()
            assert bodies
            rows["snapshots"] = sum(needle in zlib.decompress(body).decode() for (body,) in bodies)
    return {table: count for table, count in rows.items() if count and table != but}


def minutes_pass(dagster_url: str) -> None:
    """For Dagster, all runs have ended a while ago."""
    with psycopg.connect(dagster_url) as connection:
        connection.execute("UPDATE dagster.runs SET update_timestamp = update_timestamp - INTERVAL '2 minutes'")


def keep_a_tick_and_a_backfill_of(maker: StoryMaker, story_ids: list[UUID]) -> None:
    """As the daemon does when it has launched them."""
    requests = [dg.RunRequest(run_key=str(uuid4()), partition_key=str(story_id)) for story_id in story_ids]
    sensor = ("origin", "story_queue_sensor", InstigatorType.SENSOR)
    maker.instance.create_tick(TickData(*sensor, TickStatus.SUCCESS, 1.0, run_ids=[], run_requests=requests))
    partitions = [str(story_id) for story_id in story_ids]
    asked = backfill_of(maker.instance, build_defs(maker.resource), "cover", partitions, "backfill")
    maker.instance.add_backfill(asked._replace(status=BulkActionStatus.COMPLETED_SUCCESS))


def delete_by_the_api(maker: StoryMaker, settings: Settings, *paths: str) -> None:
    with TestClient(create_app(settings.model_copy(update={"jwt_secret": SecretStr(SECRET)}))) as client:
        for path in paths:
            answer = client.delete(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token(maker.user)}"})
            assert answer.status_code == 204, answer.text


def rows(found_in: dict[str, int]) -> int:
    return sum(found_in.values())


def test_nothing_of_a_deleted_story_stays_in_either_database(
    kept: StoryMaker, emulator: Emulator, settings: Settings, dagster_url: str
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "text-to-speech", "kind": 401, "times": 9}])
    other = kept.ask()
    kept.execute("UPDATE characters SET name = %s", NAME)
    gone = kept.ask()
    for story_id in (other, gone):
        kept.materialize(story_id)
    keep_a_tick_and_a_backfill_of(kept, [gone, other])
    assert set(found(dagster_url, str(gone))) >= {*OF_EACH_STORY, "job_ticks", "bulk_actions"}
    assert set(found(settings.database, str(gone))) >= {"stories", "asset_generation_jobs", "credit_ledger"}
    assert set(found(settings.database, NAME)) >= {"stories", "characters"}
    before = found(dagster_url, str(other), but="asset_keys")  # which name the newest story

    delete_by_the_api(kept, settings, f"stories/{gone}", f"characters/{kept.character}")
    minutes_pass(dagster_url)
    swept = sweep.execute_in_process(instance=kept.instance, resources={"maker_loop": kept.resource})

    assert found(dagster_url, str(gone)) == {}
    assert set(found(settings.database, str(gone))) == KEPT_ON_PURPOSE
    assert found(dagster_url, NAME) == found(settings.database, NAME) == {}
    assert found(dagster_url, str(other), but="asset_keys") == before
    newest = kept.instance.get_latest_materialization_event(dg.AssetKey("cover"))
    assert newest is not None
    assert newest.asset_materialization is not None
    assert newest.asset_materialization.partition == str(other)
    said = {
        name: value.value
        for event in swept.all_events
        if event.is_successful_output and event.step_key == "forget_deleted_stories"
        for name, value in event.step_output_data.metadata.items()
    }
    assert int(str(said.pop("events"))) > 100
    assert said == {"stories": 1, "partitions": 1, "runs": 1, "checks": CHECKS, "ticks": 1, "backfills": 1}


def test_what_is_in_flight_is_forgotten_only_once_it_is_over(
    kept: StoryMaker, settings: Settings, dagster_url: str
) -> None:
    story_id = kept.ask()
    (request,) = tick(kept)
    run = run_for(kept, request, dg.DagsterRunStatus.STARTED)
    delete_by_the_api(kept, settings, f"stories/{story_id}")
    minutes_pass(dagster_url)
    before = rows(found(dagster_url, str(story_id)))
    assert before >= 3
    assert forget_deleted(kept.instance, kept.loop) == Forgotten()
    kept.instance.report_run_failed(run)
    assert forget_deleted(kept.instance, kept.loop) == Forgotten()  # it may still write something
    assert rows(found(dagster_url, str(story_id))) >= before
    minutes_pass(dagster_url)
    assert forget_deleted(kept.instance, kept.loop).runs == 1
    assert found(dagster_url, str(story_id)) == {}
