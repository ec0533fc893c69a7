"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from storytailor.settings import Settings

pytest_plugins = ["tests.aws", "tests.cloudfront", "tests.postgres", "tests.report_tables", "tests.servers"]

# How fast examples are made says something of the machine, not of the product.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

# No test depends on what the developer has set, in the shell or in the checkout's `.env`.
Settings.model_config["env_file"] = None
for name, field in Settings.model_fields.items():
    os.environ.pop(str(field.validation_alias or name).upper(), None)

# Nor on whom the machine trusts: nobody who is not made for the test. To read the list of the world's authorities takes
# each client 25 ms, and a test opens some ten.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)  # which holds no certificate

ROOT = Path(__file__).parents[1]
ONE_STACK = "tests/end_to_end/"
LONGEST_FIRST = (
    *(f"tests/end_to_end/test_{file}.py" for file in ("local_stack", "dagster_ui", "lost_workers", "the_end")),
    *(f"tests/first_contact/test_{file}.py" for file in ("first_contact", "few_pictures_a_minute")),
    "tests/dagster/test_two_hosts.py",
    *(
        f"tests/dagster/test_{file}.py"
        for file in ("making", "processes", "refused_pictures", "pictures_away", "restarted_database")
    ),
    *("packages/emulator/tests/test_control.py", "tests/book/test_ten_epubs.py", "tests/packaging/test_wheel.py"),
    *("tests/making/test_narration.py", "tests/api/test_contract.py", "packages/emulator/tests/test_canned.py"),
    *("packages/emulator_models/tests/test_illustrator.py", "tests/api/test_reference_images.py"),
    *(f"tests/dagster/test_{file}.py" for file in ("queue_sensor", "daemons", "unfit_stories", "bucket", "metadata")),
    *("packages/emulator_models/tests/test_judge.py", "tests/making/test_content.py", "tests/making/test_languages.py"),
    *(f"tests/db/test_{file}.py" for file in ("money", "poolers", "logins", "queue_machine", "silence", "migrations")),
    *("packages/emulator_models/tests/test_child_safety.py", "tests/book/test_no_cliff.py", "tests/book/test_epub.py"),
    *("tests/making/test_estimate.py", "tests/making/test_unfit_answers.py", "tests/api/test_quoted_words.py"),
    *("tests/dagster/test_postgres_15.py", "tests/dagster/test_deleted_account.py", "tests/api/test_abuse.py"),
    *(f"tests/browser/test_{file}.py" for file in ("dagster_ui_attacks", "other_origin")),
    *("tests/web/test_everybody.py", "tests/web/test_reading.py"),
)
"""The files that take long, so that no process begins one when the others are nearly done."""


def unit_of(file: str) -> str:
    """What goes to one process as a whole: a file, or all files that share a stack."""
    return ONE_STACK if file.startswith(ONE_STACK) else file


class ByStack(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out such units."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByStack | None:
    """What `--dist loadfile` goes by."""
    return ByStack(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the rest stays in its order."""
    places = {ROOT / file: place for place, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
