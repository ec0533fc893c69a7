"""What all tests share."""

pytest_plugins = ["tests.aws", "tests.postgres", "tests.report_tables"]
