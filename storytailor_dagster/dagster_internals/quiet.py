"""What Dagster and Celery would say that nobody is to read."""

from __future__ import annotations

import warnings

import dagster as dg
from celery.apps import worker as celery_worker
from dagster._core.execution import context_creation_job

from storytailor_dagster.partitions import stories

CONSOLE_LOGGERS = "default_system_loggers"
SAY = "safe_say"


def partitioned_check(name: str, asset: str, description: str) -> dg.AssetCheckSpec:
    """A check whose results are kept for each story. That checks have partitions is public, but a preview."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(name, asset=asset, description=description, partitions_def=stories)


def print_no_events() -> None:
    """Keep Dagster from printing every event of every run, which it keeps in its database as well.

    `python_logs` in dagster.yaml would drop what is logged to a run's page along with what is printed.
    """
    setattr(context_creation_job, CONSOLE_LOGGERS, lambda _instance: [])


def print_no_shutdown() -> None:
    """Keep Celery from writing past every log that it stops: whatever reads JSON trips over that line."""
    setattr(celery_worker, SAY, lambda *_args, **_named: None)
