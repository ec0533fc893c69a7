"""What is borrowed from inside Dagster, with the reason for each: nothing else here uses a private name of it.

Checked on dagster 1.13.27, dagster-celery and dagster-postgres 0.29.27; test_dagster_internals.py and the tests of the
executor in tests/dagster/ call every one, so that an upgrade which moves something is red at once.
"""

from storytailor_dagster.dagster_internals.connections import StorageConnections
from storytailor_dagster.dagster_internals.executing import (
    EXECUTOR_SETTINGS,
    AskedRun,
    OpenRun,
    Plan,
    Retries,
    StepTry,
    await_on,
    began_event,
    progress_of,
    step_events,
    with_resources,
)
from storytailor_dagster.dagster_internals.processes import (
    RUN_TASK,
    celery_app,
    execute_run,
    instance_defaults,
    opened_ui,
    run_daemon,
    run_id_of,
    serve_definitions,
)
from storytailor_dagster.dagster_internals.quiet import partitioned_check, print_no_events, print_no_shutdown
from storytailor_dagster.dagster_internals.storages import EventLogStorage, RunStorage, ScheduleStorage

__all__ = [
    "EXECUTOR_SETTINGS",
    "RUN_TASK",
    "AskedRun",
    "EventLogStorage",
    "OpenRun",
    "Plan",
    "Retries",
    "RunStorage",
    "ScheduleStorage",
    "StepTry",
    "StorageConnections",
    "await_on",
    "began_event",
    "celery_app",
    "execute_run",
    "instance_defaults",
    "opened_ui",
    "partitioned_check",
    "print_no_events",
    "print_no_shutdown",
    "progress_of",
    "run_daemon",
    "run_id_of",
    "serve_definitions",
    "step_events",
    "with_resources",
]
