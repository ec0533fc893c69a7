"""What the local stack keeps in `.storytailor/`: data, logs, secrets, who runs it and where it listens."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from storytailor.settings import Settings
from storytailor_cli.local_stack.errors import AlreadyRunning, StackError

LOCK_TRIES = 3


@dataclass(frozen=True)
class Running:
    """A stack that runs: its supervisor and where it listens. `dagster` is None without the web UI."""

    pid: int
    api: str
    dagster: str | None
    emulator: str | None


class State:
    """The state directory, by its resolved path."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.expanduser().absolute()

    @property
    def postgres(self) -> Path:
        """The embedded database's cluster."""
        return self.directory / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded broker's working directory; it keeps nothing there."""
        return self.directory / "valkey"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME."""
        return self.directory / "dagster"

    @property
    def logs(self) -> Path:
        """A log file a process."""
        return self.directory / "logs"

    def create(self) -> None:
        """Make the directory and its parts. Raises StackError when that is not allowed."""
        try:
            for path in (self.directory, self.valkey, self.dagster_home, self.logs):
                path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StackError(
                f"The state directory {self.directory} cannot be made ({error.strerror}). "
                "STORYTAILOR_STATE_DIR moves it."
            ) from error

    def secret(self, name: str, *, prefix: str = "") -> str:
        """The secret kept in the file `name`, made at first use and readable by its owner only."""
        path = self.directory / name
        if not path.exists():
            descriptor, fresh = tempfile.mkstemp(dir=self.directory, prefix=f".{name}-")  # mode 600
            with os.fdopen(descriptor, "w") as file:
                file.write(prefix + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
            with suppress(FileExistsError):  # somebody was faster: theirs holds
                os.link(fresh, path)
            os.unlink(fresh)
        return path.read_text().strip()

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Be the one who runs this directory's stack. Raises AlreadyRunning.

        The lock goes with the process, however that ends; what it wrote about itself is removed here.
        """
        with self._lock_file("lock") as lock:
            for _ in range(LOCK_TRIES):
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.1)  # it may only be somebody looking whether a stack runs
            else:
                raise AlreadyRunning(_already(self.running()))
            self._record.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._record.unlink(missing_ok=True)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use a stack somebody else runs: a stack started for one story waits for such guests."""
        with self._lock_file("guests") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def has_guests(self) -> bool:
        """Whether somebody uses the stack right now."""
        with self._lock_file("guests") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def write_running(self, running: Running) -> None:
        """Tell others where this stack listens."""
        fresh = self._record.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(running)))
        fresh.replace(self._record)

    def running(self) -> Running | None:
        """The stack that runs here, if one does and has said where."""
        try:
            with self._lock_file("lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None  # nobody holds it
        except FileNotFoundError:
            return None
        except BlockingIOError:
            pass
        try:
            return Running(**json.loads(self._record.read_text()))
        except FileNotFoundError:
            return None

    @property
    def _record(self) -> Path:
        return self.directory / "stack.json"

    @contextmanager
    def _lock_file(self, name: str) -> Iterator[int]:
        descriptor = os.open(self.directory / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def signing_secret(settings: Settings) -> str:
    """What the local stack's tokens are signed with: JWT_SECRET, else the one kept in its state directory."""
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    state = State(settings.state_dir)
    state.create()
    return state.secret("jwt_secret")


def _already(running: Running | None) -> str:
    if running is None:
        return "The local stack is just starting or stopping here. Try again in a moment."
    ui = f", Dagster {running.dagster}" if running.dagster else ""
    return (
        f"The local stack runs already (process {running.pid}): API {running.api}{ui}. "
        "Use it as it is, or stop it first with Ctrl-C in its terminal."
    )
