"""The local stack's state directory, `.storytailor/`: data, logs, secrets, locks, and where the stack listens."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from storytailor.settings import Settings
from storytailor_cli.local_stack.errors import AlreadyRunningError, StackError

LOCK_TRIES = 3


@dataclass(frozen=True)
class RunningStack:
    """A running stack: its supervisor's process id and its URLs. `dagster` is None without the web UI.

    `settings` are the fingerprints of those it was started with (`settings_in_use`).
    """

    pid: int
    api: str
    dagster: str | None
    emulator: str | None
    settings: Mapping[str, str] = field(default_factory=dict)


class State:
    """The state directory, by its absolute path."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.expanduser().absolute()

    @property
    def postgres(self) -> Path:
        """The embedded database's cluster."""
        return self.directory / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded broker's working directory."""
        return self.directory / "valkey"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME."""
        return self.directory / "dagster"

    @property
    def logs(self) -> Path:
        """The folder of the log files, one for each process."""
        return self.directory / "logs"

    def create(self) -> None:
        """Create the directory and its folders, for their owner alone. Raises StackError when that is not allowed."""
        try:
            for path in (self.directory, self.valkey, self.dagster_home, self.logs):
                path.mkdir(parents=True, exist_ok=True)
                path.chmod(0o700)
            if os.getuid() == 0:
                self.directory.chmod(0o711)  # PostgreSQL, which refuses to be root, has to get to its own folder
        except OSError as error:
            raise StackError(
                f"The state directory {self.directory} cannot be created ({error.strerror}). "
                "STORYTAILOR_STATE_DIR moves it."
            ) from error

    def secret(self, name: str, *, prefix: str = "") -> str:
        """The secret in the file `name`, created at first use and readable by its owner only."""
        path = self.directory / name
        if not path.exists():
            descriptor, fresh = tempfile.mkstemp(dir=self.directory, prefix=f".{name}-")  # mode 600
            with os.fdopen(descriptor, "w") as file:
                file.write(prefix + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
            with suppress(FileExistsError):  # another process was faster: use its secret
                os.link(fresh, path)
            os.unlink(fresh)
        return path.read_text().strip()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the one process that runs this directory's stack. Raises AlreadyRunningError.

        The kernel drops the lock with the process, however that ends; `stack.json` is removed here.
        """
        with self._lock_file("lock") as lock:
            for _ in range(LOCK_TRIES):
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.1)  # another process may only be checking whether a stack runs
            else:
                raise AlreadyRunningError(_already_running(self.running()))
            self._record.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._record.unlink(missing_ok=True)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Count as a user of the stack that another process runs: that process waits for its users."""
        with self._lock_file("users") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def has_users(self) -> bool:
        """Whether another process uses the stack right now."""
        with self._lock_file("users") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def write_running(self, running: RunningStack) -> None:
        """Write down where this stack listens, for other processes."""
        fresh = self._record.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(running)))
        fresh.replace(self._record)

    def running(self) -> RunningStack | None:
        """The stack that runs here, if one is up."""
        try:
            with self._lock_file("lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None  # the lock was free
        except FileNotFoundError:
            return None
        except BlockingIOError:
            pass
        try:
            return RunningStack(**json.loads(self._record.read_text()))
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


def signing_secret(settings: Settings, *, create: bool = True) -> str:
    """The secret of the local stack's tokens: JWT_SECRET, else the one in its state directory.

    Raises StackError when that directory has none and none is to be created.
    """
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    state = State(settings.state_dir)
    if not create and not (state.directory / "jwt_secret").exists():
        raise StackError(
            f"There is no local stack in {state.directory}, so a token from here would be accepted by nobody. "
            "Go to the stack's folder (or start one there with `make up`), or set STORYTAILOR_STATE_DIR to its state "
            "directory, or JWT_SECRET to the secret of the API that is to accept it."
        )
    state.create()
    return state.secret("jwt_secret")


def _already_running(running: RunningStack | None) -> str:
    if running is None:
        return "The local stack is starting or stopping. Try again in a moment."
    ui = f", Dagster {running.dagster}" if running.dagster else ""
    return (
        f"The local stack is already running (process {running.pid}): API {running.api}{ui}. "
        "Use it as it is, or stop it first with Ctrl-C in its terminal."
    )
