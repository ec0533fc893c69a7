"""`storytailor story` on a stack that another process runs: whose settings hold, and what a refusal says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulator.testing import Emulator
from storytailor.db.demo import seed_demo
from storytailor.settings import Settings
from storytailor_cli.local_stack.settings_in_use import fingerprints
from storytailor_cli.local_stack.state import RunningStack, State
from tests.api.conftest import SECRET
from tests.api.test_process import api_process
from tests.cli.running import storytailor


@contextmanager
def stack(database_url: str, folder: Path, **settings: str) -> Iterator[Path]:
    """A real API as the stack of the state directory that is given back, which this process holds as `up` would."""
    seed_demo(database_url)
    state = State(folder / "state")
    state.create()
    started_with = {name.lower(): value for name, value in settings.items()}
    with api_process(folder, DATABASE_URL=database_url, **settings) as (_, url), state.locked():
        kept = fingerprints(Settings(_env_file=None, jwt_secret=SECRET, **started_with))  # type: ignore[arg-type]
        state.write_running(RunningStack(1, url, None, None, kept))
        yield state.directory


def test_a_refusal_of_the_running_stack_says_where_the_reason_is(
    database_url: str, emulator: Emulator, tmp_path: Path
) -> None:
    wrong = {"OPENAI_API_KEY": "sk-invalid-hunter2", "OPENAI_BASE_URL": f"{emulator.url}/openai/v1"}
    with stack(database_url, tmp_path, **wrong) as state:
        shell = {"STORYTAILOR_STATE_DIR": str(state), "JWT_SECRET": SECRET}
        done = storytailor("story", "--out", str(tmp_path / "out"), **shell)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "✗ This cannot be checked now, so it cannot be taken: something has to be put right on our side first."
    )
    assert "`storytailor doctor` and the API's log say why." in done.stderr
    assert "It was started with other settings than stand here and now" in done.stdout
    assert "goes on with its own: OPENAI_API_KEY, OPENAI_BASE_URL." in done.stdout


def test_settings_of_this_shell_that_a_running_stack_does_not_have_are_named_and_not_feared(
    database_url: str, emulator: Emulator, tmp_path: Path
) -> None:
    usual = {"OPENAI_BASE_URL": f"{emulator.url}/openai/v1"}
    with stack(database_url, tmp_path, **usual) as state:
        shell = {"STORYTAILOR_STATE_DIR": str(state), "JWT_SECRET": SECRET, **usual}
        mine = {"OPENAI_API_KEY": "sk-invalid-hunter2", "STORY_MODEL": "gpt-4o-none"}
        done = storytailor("story", "--character", "nobody", "--out", str(tmp_path / "out"), **shell, **mine)
        same = storytailor("story", "--character", "nobody", "--out", str(tmp_path / "out"), **shell)
        assert "hunter2" not in (state / "stack.json").read_text()
        assert SECRET not in (state / "stack.json").read_text()
    assert "goes on with its own: OPENAI_API_KEY, STORY_MODEL. To apply these, stop it" in done.stdout
    assert "There is no character 'nobody'" in done.stderr  # it went on, to the API that is up
    assert same.stdout.splitlines()[-1].startswith("The local stack is already up")
