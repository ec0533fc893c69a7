"""What all tests share."""

pytest_plugins = ["tests.postgres", "tests.emulated", "tests.printed"]
