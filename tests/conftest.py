"""What all tests share."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.aws", "tests.postgres", "tests.report_tables", "tests.servers"]

# How fast examples are made says something of the machine, not of the product.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
