"""Done when an account with three stories and two photos is deleted and a search for the child's name finds nothing."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from fastapi.testclient import TestClient
from PIL import Image
from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator
from storytailor.logs import TextFormatter
from storytailor.settings import Settings
from storytailor_cli.local_stack import services
from storytailor_dagster.maintenance import sweep
from tests.api.conftest import SECRET, token
from tests.aws import free_ports
from tests.cli.running import storytailor
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_forgetting import keep_a_tick_and_a_backfill_of, minutes_pass
from tests.processes import running_words

NAME = "Xanthippezz"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A broker in which a result and a message lie as Celery leaves them."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    (port,) = free_ports(1)
    with running_words(services.valkey(folder, port, "hunter2hunter2").command, "valkey", tmp_path, {}) as valkey:
        valkey.says("Ready to accept connections")
        yield f"redis://:hunter2hunter2@127.0.0.1:{port}/0"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """All that this process logs from DEBUG on, as a log of the local stack."""
    path = tmp_path / "state" / "logs" / "worker.log"
    path.parent.mkdir(parents=True)
    handler = logging.FileHandler(path)
    handler.setFormatter(TextFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    logging.getLogger("storytailor").setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)
    logging.getLogger("storytailor").setLevel(logging.NOTSET)


def photo(color: str) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (96, 96), color).save(picture, "PNG")
    return picture.getvalue()


def test_after_an_account_is_deleted_a_search_for_the_childs_name_finds_nothing(
    kept: StoryMaker,
    emulator: Emulator,
    settings: Settings,
    dagster_url: str,
    broker: str,
    log_file: Path,
) -> None:
    emulator.behave(answers="canned")
    kept.execute("UPDATE characters SET name = %s, appearance = 'a purple snorkel'", NAME)
    me = {"Authorization": f"Bearer {token(kept.user)}"}
    searched = {
        "DATABASE_URL": settings.database,
        "DAGSTER_DATABASE_URL": dagster_url,
        "BROKER_URL": broker,
        "ASSETS_DIR": str(settings.assets_folder),
        "STORYTAILOR_STATE_DIR": str(log_file.parents[1]),
    }
    with TestClient(create_app(settings.model_copy(update={"jwt_secret": SecretStr(SECRET)}))) as client:
        for color in ("teal", "gold"):
            form = {"image": (f"{NAME}.png", photo(color), "image/png")}
            url = f"/api/v1/characters/{kept.character}/reference-images"
            answer = client.post(url, files=form, data={"consent": "true"}, headers=me)
            assert answer.status_code == 201, answer.text
        stories = [kept.ask(title=title) for title in (f"{NAME} at sea", None, f"The hat of {NAME}")]
        for story_id in stories[:2]:
            assert kept.materialize(story_id).success
        kept.materialize(stories[2], ["content"])
        keep_a_tick_and_a_backfill_of(kept, stories)
        with redis.Redis.from_url(broker) as client_of_broker:
            client_of_broker.set("celery-task-meta-1", f'{{"result": "about {NAME}"}}', ex=3600)

            before = storytailor("find-traces", NAME.lower(), str(stories[0]), **searched)
            assert before.returncode == 1, before.stdout + before.stderr
            for place in ("DATABASE_URL: ", "DAGSTER_DATABASE_URL: ", "broker: celery", "object store: stories/"):
                assert f"FOUND {place}" in before.stdout, before.stdout
            assert "public.stories" in before.stdout
            client_of_broker.delete("celery-task-meta-1")  # it ends within the hour

        assert client.delete("/api/v1/me", headers=me).status_code == 204
    minutes_pass(dagster_url)
    assert sweep.execute_in_process(instance=kept.instance, resources={"maker_loop": kept.resource}).success

    after = storytailor("find-traces", NAME, "purple snorkel", **searched)
    assert after.returncode == 0, after.stdout + after.stderr
    assert "Nothing found." in after.stdout
    assert [line for line in after.stdout.splitlines() if line.startswith("searched: ")] == [
        "searched: database of DATABASE_URL",
        "searched: database of DAGSTER_DATABASE_URL",
        "searched: broker",
        "searched: object store",
        f"searched: logs in {log_file.parent}",
    ]
    assert log_file.stat().st_size > 1000
    assert not [path for path in settings.assets_folder.rglob("*") if path.is_file()]
