"""What all tests share."""

import os
from pathlib import Path

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
