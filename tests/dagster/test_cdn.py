"""A public book behind a CDN is deleted, or a picture of it made again: its copies go as well."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from emulator.testing import Emulator
from storytailor.settings import Settings
from storytailor_dagster.maintenance import sweep
from tests.cloudfront import Cdn
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_forgetting import delete_by_the_api


@pytest.fixture
def settings(database_url: str, emulator: Emulator, tmp_path: Path, cdn: Cdn) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_dir=tmp_path / "assets",
        assets_access="public",
        assets_base_url="https://cdn.example",
        cloudfront_distribution_id=cdn.distribution_id,
        lease_seconds=30,
    )


def test_what_is_made_again_and_what_is_deleted_leaves_the_cdn_with_the_next_sweep(
    kept: StoryMaker, emulator: Emulator, settings: Settings, cdn: Cdn
) -> None:
    emulator.behave(answers="canned")
    story_id = kept.ask()
    assert kept.materialize(story_id, ["content", "palette", "cover"]).success
    old = urlsplit(kept.assets(story_id)["cover"]["url"]).path
    emulator.behave(answers="made")
    assert kept.materialize(story_id, ["cover"]).success
    assert urlsplit(kept.assets(story_id)["cover"]["url"]).path != old
    swept = sweep.execute_in_process(instance=kept.instance, resources={"maker_loop": kept.resource})
    assert swept.success
    assert cdn.paths() == [old]

    delete_by_the_api(kept, settings, f"stories/{story_id}", f"characters/{kept.character}")
    assert cdn.paths() == [old]
    swept = sweep.execute_in_process(instance=kept.instance, resources={"maker_loop": kept.resource})
    assert swept.success
    assert cdn.paths() == [old, f"/stories/{story_id}/*"]
    assert [file for file in (settings.assets_folder / "stories").rglob("*") if file.is_file()] == []
    sweep.execute_in_process(instance=kept.instance, resources={"maker_loop": kept.resource})
    assert len(cdn.paths()) == 2
