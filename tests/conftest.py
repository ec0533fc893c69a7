"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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

LONGEST_FIRST = (
    *("first_contact/test_first_contact.py", "end_to_end/test_local_stack.py", "dagster/test_making.py"),
    *("end_to_end/test_dagster_ui.py", "end_to_end/test_lost_workers.py", "dagster/test_daemons.py"),
    *("packaging/test_wheel.py", "dagster/test_bucket.py", "dagster/test_refused_pictures.py"),
    *("book/test_epub.py", "book/test_ten_epubs.py", "dagster/test_metadata.py", "api/test_contract.py"),
    *("making/test_unfit_answers.py", "making/test_content.py", "making/test_estimate.py"),
    *("dagster/test_postgres_15.py", "browser/test_dagster_ui_attacks.py", "browser/test_other_origin.py"),
)
"""The files that take long, so that no process begins one when the others are nearly done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the rest stays in its order."""
    places = {Path(__file__).parent / file: place for place, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
