"""Whether a story's partition is there is asked of the database once a minute, and not for each input of each step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from storytailor_dagster import instance as warm
from storytailor_dagster.instance import WarmInstance


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    settings = {"instance_class": {"module": "storytailor_dagster.instance", "class": "WarmInstance"}}
    with dg.instance_for_test(temp_dir=str(tmp_path), overrides=settings) as instance:
        assert isinstance(instance, WarmInstance)
        yield instance


def test_a_partition_that_was_there_is_not_asked_for_again_within_the_minute(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.add_dynamic_partitions("stories", ["maya"])
    assert instance.has_dynamic_partition("stories", "maya")
    instance.delete_dynamic_partition("stories", "maya")
    assert instance.has_dynamic_partition("stories", "maya")
    monkeypatch.setattr(warm, "KNOWN_SECONDS", -1.0)
    instance.add_dynamic_partitions("stories", ["tom"])
    assert instance.has_dynamic_partition("stories", "tom")
    instance.delete_dynamic_partition("stories", "tom")
    assert not instance.has_dynamic_partition("stories", "tom")


def test_a_partition_that_was_not_there_is_there_as_soon_as_it_is_added(instance: dg.DagsterInstance) -> None:
    assert not instance.has_dynamic_partition("stories", "maya")
    instance.add_dynamic_partitions("stories", ["maya"])
    assert instance.has_dynamic_partition("stories", "maya")


def test_no_more_partitions_are_kept_in_mind_than_a_process_has_room_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "MOST_KNOWN", 2)
    instance.add_dynamic_partitions("stories", ["a", "b", "c"])
    assert all(instance.has_dynamic_partition("stories", name) for name in "abc")
    instance.delete_dynamic_partition("stories", "a")
    assert not instance.has_dynamic_partition("stories", "a")
