"""Worker groups on hosts of their own, which share database, broker and bucket, and nothing on disk."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from anyio.from_thread import start_blocking_portal

from emulator.testing import Emulator
from storytailor.catalog import CATALOG
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from storytailor_cli.local_stack import services
from tests.aws import CREDENTIALS, client_of, free_ports
from tests.dagster.conftest import StoryMaker, made_with
from tests.dagster.hosts import ROOT, Host, host
from tests.databases import Databases
from tests.postgres import url_of
from tests.processes import running, running_words

PATIENCE, HELD = 180.0, 15.0
SIDE_BY_SIDE = 4
BUCKET = "two-hosts"
LAID_OUT = {"dagster.yaml"}


class Fleet:
    """Broker, daemon and code location in one place, two hosts with a worker each in others; and a family that asks."""

    def __init__(self, family: StoryMaker, hosts: tuple[Host, Host], emulator: Emulator) -> None:
        self.hosts = hosts
        self._family = family
        self._emulator = emulator
        self._asked: list[UUID] = []

    def ask(self) -> Host:
        """Ask for two stories, and wait until their covers are under way, for a while; a host that draws.

        Which one that is chance says, and whether the other has one as well.
        """
        held = {"asset": "cover", "kind": "slow", "route": "images", "seconds": HELD, "times": 2}
        self._emulator.behave(answers="canned", latency=0.05, faults=[held])
        self._asked = [self._family.ask() for _ in range(2)]
        self.until(lambda: {self.status(story, "cover") for story in self._asked} == {"generating"})
        return next(each for each in self.hosts if self.drawn_by(each))

    def other_than(self, one: Host) -> Host:
        """The host that this is not."""
        (other,) = (each for each in self.hosts if each is not one)
        return other

    def drawn_by(self, one: Host) -> list[UUID]:
        """The stories whose covers this host has under way."""
        return [story for story in self._asked if one.makes(story) and self.status(story, "cover") == "generating"]

    def status(self, story: UUID, asset: str) -> str:
        """Where an asset of a story stands."""
        status: str = self._family.assets(story)[asset]["status"]
        return status

    def all_are_ready(self) -> bool:
        """Whether the family has all its books."""
        return all(self._family.row(story)["status"] == "ready" for story in self._asked)

    def asked(self) -> list[UUID]:
        """What the family has asked for last."""
        return self._asked

    def urls(self, story: UUID) -> list[str]:
        """Where the story's files are said to lie."""
        assets = self._family.assets(story)
        return [assets[name]["url"] for name, kind in CATALOG.items() if kind.extension]

    def until(self, holds: Callable[[], bool]) -> float:
        """Wait until it holds; for how many seconds that was."""
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < PATIENCE, [each.log for each in self.hosts]
            time.sleep(0.05)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def fleet(
    postgres: str, databases: Databases, s3_url: str, emulator_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    database = url_of(postgres, name := databases.take())
    broker_port, code_port = free_ports(2)
    servers = {
        "DATABASE_URL": database,
        "BROKER_URL": f"redis://:hunter2@127.0.0.1:{broker_port}/0",
        "OPENAI_BASE_URL": f"{emulator_url}/openai/v1",
        "ELEVENLABS_BASE_URL": f"{emulator_url}/elevenlabs",
        "AWS_ENDPOINT_URL_S3": s3_url,
    }
    settings = {
        "ASSETS_BUCKET": BUCKET,
        "ASSETS_BASE_URL": f"{s3_url}/{BUCKET}",
        "IMAGE_SIZE": "256x256",
        "ASK_AT_START": "false",
        **CREDENTIALS,
    }
    middle = {**servers, **settings, "DAGSTER_HOME": str(ROOT)}
    middle |= {"CODE_LOCATION_HOST": "127.0.0.1", "CODE_LOCATION_PORT": str(code_port)}
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in CREDENTIALS.items():
            patch.setenv(variable, value)
        make_bucket(BUCKET, client_of(s3_url))
    with ExitStack() as stack:
        (folder / "valkey").mkdir()
        valkey = services.valkey(folder / "valkey", broker_port, "hunter2").command
        stack.enter_context(running_words(valkey, "broker", folder, {})).says("Ready to accept connections")
        code = stack.enter_context(running("code", folder, middle, host="127.0.0.1", port=code_port))
        portal = stack.enter_context(start_blocking_portal())
        one, two = (
            stack.enter_context(host(portal, address, folder / place, servers, settings))
            for place, address in (("one", "127.0.0.2"), ("two", "127.0.0.3"))
        )
        one.start(SIDE_BY_SIDE)
        two.start(SIDE_BY_SIDE)
        code.says("Started Dagster code server")
        stack.enter_context(running("daemon", folder, middle, workspace=str(ROOT / "workspace.yaml")))
        family = stack.enter_context(
            made_with(
                Settings(
                    _env_file=None,
                    database_url=database,
                    emulator_port=urlsplit(emulator_url).port or 0,
                    assets_dir=folder / "nothing",
                )
            )
        )
        emulator = Emulator(emulator_url)
        stack.callback(emulator.close)
        yield Fleet(family, (one, two), emulator)
    databases.give_back(name)


def written(emulator: Emulator) -> Counter[str]:
    """How often what comes before a cover was paid for."""
    return Counter(call["schema"] for call in emulator.calls() if call["schema"] in ("StoryContent", "PaletteJourney"))


def test_the_stories_of_a_killed_host_are_ended_by_the_other_from_what_the_first_has_stored(
    fleet: Fleet, emulator: Emulator
) -> None:
    killed = fleet.ask()
    other, lost = fleet.other_than(killed), fleet.drawn_by(killed)
    killed.kill()
    seconds = fleet.until(lambda: all(other.makes(story) for story in lost))
    print(f"taken over after {seconds:.1f} s")
    fleet.until(fleet.all_are_ready)
    stories = fleet.asked()
    assert written(emulator) == {"StoryContent": len(stories), "PaletteJourney": len(stories)}
    assert killed.files() == other.files() == LAID_OUT
    assert all("127.0.0.2" not in url and "127.0.0.3" not in url for story in stories for url in fleet.urls(story))
    killed.start(SIDE_BY_SIDE)


def test_the_stories_of_a_host_that_is_cut_off_are_the_other_s_and_it_makes_some_again_once_it_is_back(
    fleet: Fleet, emulator: Emulator
) -> None:
    alone = fleet.ask()
    other, lost = fleet.other_than(alone), fleet.drawn_by(alone)
    alone.network.cut()
    seconds = fleet.until(lambda: all(other.makes(story) for story in lost))
    print(f"taken over after {seconds:.1f} s")
    fleet.until(fleet.all_are_ready)
    assert written(emulator) == {"StoryContent": len(fleet.asked()), "PaletteJourney": len(fleet.asked())}
    alone.network.mend()
    other.kill()
    assert fleet.ask() is alone
