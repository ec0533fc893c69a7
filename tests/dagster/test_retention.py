"""What has long been over leaves Dagster's tables; stories, books and whatever is in flight do not notice."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID, uuid4

import dagster as dg
import psycopg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.scheduler.instigation import TickData, TickStatus
from psycopg import sql

from emulator.testing import Emulator
from storytailor.db.dagster_history import Forgotten
from storytailor.errors import SettingsError
from storytailor_dagster.definitions import build_defs
from storytailor_dagster.history import forget_deleted, forget_old
from storytailor_dagster.maintenance import sweep
from storytailor_dagster.partitions import stories
from tests.dagster.conftest import StoryMaker
from tests.dagster.daemons import backfill_of
from tests.dagster.test_forgetting import OF_EACH_STORY, found
from tests.dagster.test_queue_sensor import run_for, tick

ONLY_WORDS = ("content", "palette")


@pytest.fixture
def keeper(kept: StoryMaker, emulator: Emulator) -> StoryMaker:
    """The story maker on Dagster's tables as they are in service, whose stories take no time."""
    emulator.behave(answers="canned")
    return kept


def a_story(maker: StoryMaker) -> UUID:
    """A story of words only, made."""
    story_id = maker.ask(generate_assets=False)
    assert maker.materialize(story_id, ONLY_WORDS).success
    return story_id


AGED: tuple[tuple[LiteralString, LiteralString], ...] = (
    ("runs", "update_timestamp"),
    ("dynamic_partitions", "create_timestamp"),
    ("event_logs", "timestamp"),
    ("job_ticks", "timestamp"),
    ("bulk_actions", "timestamp"),
)


def days_pass(dagster_url: str, days: float, *, but: UUID | None = None) -> None:
    """For Dagster, all that it keeps is so much older, but what it keeps of one story."""
    with psycopg.connect(dagster_url) as connection:
        for table, column in AGED:
            aged = sql.SQL("UPDATE dagster.{} SET {column} = {column} - INTERVAL '1 day' * %s").format(
                sql.Identifier(table), column=sql.Identifier(column)
            )
            connection.execute(aged, [days])
        name = [str(but)]
        of_it = "run_id IN (SELECT run_id FROM dagster.run_tags WHERE key = 'dagster/partition' AND value = %s)"
        connection.execute("UPDATE dagster.runs SET update_timestamp = now() WHERE " + of_it, name)  # noqa: S608
        connection.execute("UPDATE dagster.dynamic_partitions SET create_timestamp = now() WHERE partition = %s", name)


def rows(dagster_url: str, table: str) -> int:
    with psycopg.connect(dagster_url) as connection:
        counted = connection.execute(sql.SQL("SELECT count(*) FROM dagster.{}").format(sql.Identifier(table)))
        ((count,),) = counted.fetchall()
    return int(count)


def set_days(maker: StoryMaker, days: float) -> None:
    settings = maker.services.settings
    object.__setattr__(maker.services, "settings", settings.model_copy(update={"retention_days": days}))


def test_a_story_that_rests_leaves_dagster_and_stays_as_it_is_with_its_family(
    keeper: StoryMaker, dagster_url: str
) -> None:
    old, young = a_story(keeper), a_story(keeper)
    assert set(found(dagster_url, str(old))) >= OF_EACH_STORY - {"asset_keys", "asset_check_executions"}
    days_pass(dagster_url, 31, but=young)
    row, of_the_young = keeper.row(old), found(dagster_url, str(young), but="asset_keys")

    forgotten = forget_old(keeper.instance, keeper.loop)

    assert (forgotten.stories, forgotten.partitions, forgotten.runs) == (1, 1, 1)
    assert forgotten.events > 10  # all of a run of words alone
    assert found(dagster_url, str(old)) == {}
    assert found(dagster_url, str(young), but="asset_keys") == of_the_young
    assert keeper.row(old) == row
    assert forget_old(keeper.instance, keeper.loop) == Forgotten()


def test_a_story_that_dagster_has_forgotten_is_made_again_by_either_door(keeper: StoryMaker, dagster_url: str) -> None:
    story_id = a_story(keeper)
    days_pass(dagster_url, 31)
    assert forget_old(keeper.instance, keeper.loop).stories == 1
    assert str(story_id) not in keeper.instance.get_dynamic_partitions(stories.name or "")

    keeper.execute("UPDATE asset_generation_jobs SET status = 'queued' WHERE asset_type = 'palette'")
    (request,) = tick(keeper)  # as after a regenerate by the API
    assert request.partition_key == str(story_id)
    assert str(story_id) in keeper.instance.get_dynamic_partitions(stories.name or "")
    keeper.execute("UPDATE asset_generation_jobs SET lease_token = NULL, lease_expires_at = NULL")
    assert keeper.materialize(story_id, ["palette"]).success  # as by the UI: what it is made of comes from the row


def test_what_is_in_flight_on_either_side_is_kept_however_old_it_is(keeper: StoryMaker, dagster_url: str) -> None:
    waiting, running = a_story(keeper), a_story(keeper)
    keeper.execute(
        "UPDATE asset_generation_jobs SET status = 'queued' WHERE asset_type = 'palette' AND story_id = %s", running
    )
    (request,) = tick(keeper)
    run = run_for(keeper, request, dg.DagsterRunStatus.STARTED)
    keeper.execute(
        "UPDATE asset_generation_jobs SET status = 'ready', lease_token = NULL, lease_expires_at = NULL"
        " WHERE story_id = %s",
        running,
    )
    keeper.execute(
        "UPDATE asset_generation_jobs SET status = 'queued' WHERE asset_type = 'palette' AND story_id = %s", waiting
    )
    days_pass(dagster_url, 1_000)
    assert forget_old(keeper.instance, keeper.loop) == Forgotten()

    keeper.instance.report_run_failed(run)
    keeper.execute("UPDATE asset_generation_jobs SET status = 'ready'")
    assert forget_old(keeper.instance, keeper.loop).stories == 1  # `running` has just ended
    days_pass(dagster_url, 31)
    assert forget_old(keeper.instance, keeper.loop).stories == 1


def swept(maker: StoryMaker) -> dg.ExecuteInProcessResult:
    return sweep.execute_in_process(
        instance=maker.instance, resources={"maker_loop": maker.resource}, raise_on_error=False
    )


def said(result: dg.ExecuteInProcessResult, step: str) -> Mapping[str, object]:
    """The counts that a step of the sweep tells of."""
    return {
        name: value.value
        for event in result.all_events
        if event.is_successful_output and event.step_key == step
        for name, value in event.step_output_data.metadata.items()
    }


def test_a_sweep_that_went_well_is_kept_for_a_day_and_one_that_failed_as_long_as_all_else(
    keeper: StoryMaker, dagster_url: str
) -> None:
    assert swept(keeper).success
    failed = keeper.instance.create_run_for_job(
        build_defs().resolve_job_def("sweep"), status=dg.DagsterRunStatus.STARTED
    )
    keeper.instance.report_run_failed(failed)
    days_pass(dagster_url, 1.1)
    again = swept(keeper)
    assert said(again, "forget_old_history")["runs"] == 1
    assert {run.run_id for run in keeper.instance.get_runs()} == {failed.run_id, again.run_id}
    days_pass(dagster_url, 30)
    last = swept(keeper)
    assert {run.run_id for run in keeper.instance.get_runs()} == {last.run_id}
    assert {event.run_id for event in keeper.instance.all_logs(last.run_id)} == {last.run_id}
    assert rows(dagster_url, "event_logs") == len(keeper.instance.all_logs(last.run_id))


def test_what_a_run_wrote_after_somebody_had_deleted_it_goes_and_of_a_run_that_is_there_nothing_does(
    keeper: StoryMaker, dagster_url: str
) -> None:
    a_story(keeper)
    (deleted,) = keeper.instance.get_runs()
    keeper.instance.delete_run(deleted.run_id)
    keeper.instance.report_engine_event("The run goes on for a moment.", deleted)
    story_id = keeper.ask(generate_assets=False)
    keeper.execute("UPDATE asset_generation_jobs SET status = 'queued' WHERE story_id = %s", story_id)
    running = run_for(keeper, tick(keeper)[0], dg.DagsterRunStatus.STARTED)
    keeper.instance.report_engine_event("This one is there.", running)
    days_pass(dagster_url, 29)
    assert forget_old(keeper.instance, keeper.loop).events == 0
    days_pass(dagster_url, 2)
    kept = len(keeper.instance.all_logs(running.run_id))
    assert len(keeper.instance.all_logs(deleted.run_id)) == 1

    assert forget_old(keeper.instance, keeper.loop).events == 1

    assert keeper.instance.all_logs(deleted.run_id) == []
    assert len(keeper.instance.all_logs(running.run_id)) == kept > 0


def test_ticks_and_backfills_go_but_the_newest_tick_of_each_sensor_stays(keeper: StoryMaker, dagster_url: str) -> None:
    for sensor, count in (("one", 3), ("another", 2)):
        for number in range(count):
            origin = (sensor, sensor, InstigatorType.SENSOR)
            keeper.instance.create_tick(TickData(*origin, TickStatus.SKIPPED, float(number + 1), selector_id=sensor))
    for status in (BulkActionStatus.COMPLETED_SUCCESS, BulkActionStatus.REQUESTED):
        name = status.value[:8].lower()
        asked = backfill_of(keeper.instance, build_defs(keeper.resource), "cover", [str(uuid4())], name)
        keeper.instance.add_backfill(asked._replace(status=status))
    days_pass(dagster_url, 31)
    forgotten = forget_old(keeper.instance, keeper.loop)
    assert (forgotten.ticks, forgotten.backfills) == (3, 1)
    assert [tick.timestamp for tick in keeper.instance.get_ticks("one", "one")] == [3.0]
    assert [backfill.status for backfill in keeper.instance.get_backfills()] == [BulkActionStatus.REQUESTED]


def test_with_no_days_everything_is_kept(keeper: StoryMaker, dagster_url: str) -> None:
    a_story(keeper)
    days_pass(dagster_url, 10_000)
    set_days(keeper, 0)
    assert forget_old(keeper.instance, keeper.loop) == Forgotten()
    set_days(keeper, 0.01)
    assert forget_old(keeper.instance, keeper.loop).stories == 1


def test_another_database_of_stories_lets_nothing_be_forgotten(keeper: StoryMaker, dagster_url: str) -> None:
    story_id = a_story(keeper)
    assert forget_deleted(keeper.instance, keeper.loop) == Forgotten()  # Dagster hears whose history it keeps
    days_pass(dagster_url, 31)
    before = found(dagster_url, str(story_id))
    keeper.execute("DELETE FROM stories")  # as if none had ever been there …
    keeper.execute("UPDATE installation SET id = gen_random_uuid()")  # … in a database of another installation
    for forget in (forget_deleted, forget_old):
        with pytest.raises(SettingsError, match="DATABASE_URL leads to installation"):
            forget(keeper.instance, keeper.loop)
    result = swept(keeper)
    assert {event.step_key for event in result.all_events if event.is_step_failure} == {
        *("forget_deleted_stories", "forget_old_history")
    }
    assert found(dagster_url, str(story_id)) == before


def test_sweeps_side_by_side_forget_everything_once(keeper: StoryMaker, dagster_url: str) -> None:
    for _ in range(4):
        a_story(keeper)
    days_pass(dagster_url, 31)
    counts: list[Forgotten] = []
    sweeps = [
        threading.Thread(target=lambda: counts.append(forget_old(keeper.instance, keeper.loop))) for _ in range(3)
    ]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert len(counts) == 3
    assert sum(count.stories for count in counts) == 4
    assert rows(dagster_url, "dynamic_partitions") == rows(dagster_url, "runs") == rows(dagster_url, "event_logs") == 0
