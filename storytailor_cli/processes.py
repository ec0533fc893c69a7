"""The fleet's processes and their command lines: the local stack runs these, docker-compose.yml the same.

A process that the project does not install (PostgreSQL, Valkey, S3) is not in the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ProcessName = Literal[
    "logins", "migrations", "bucket", "api", "webhooks", "code", "webserver", "daemon", "worker", "emulator"
]

COMMANDS: Mapping[ProcessName, str] = {
    # run once, before the rest
    "logins": "storytailor logins",
    "migrations": "storytailor migrate",
    "bucket": "storytailor bucket",
    # open event streams are cut two seconds after the stop signal; their clients reconnect. A request's head may be
    # 32 KiB, and has to arrive in time
    "api": "uvicorn api.app:create_app --factory --host {host} --port {port} --timeout-graceful-shutdown 2 "
    "--ws-max-size 65536 --no-proxy-headers --limit-concurrency 4000 "
    "--http api.http_protocol:HttpProtocol --h11-max-incomplete-event-size 32768",
    # in a fleet; the local stack's API sends them itself
    "webhooks": "storytailor webhooks",
    # loads the definitions once and serves them to the webserver and the daemon
    "code": "python -m storytailor_dagster.code_server {host} {port}",
    # Dagster's UI behind its gate
    "webserver": "python -m storytailor_dagster.webserver {workspace} {host} {port}",
    # claims stories (the queue sensor), queues runs, runs the schedules; a second one waits for its turn
    "daemon": "python -m storytailor_dagster.daemon {workspace}",
    # `concurrency` is the number of stories it makes side by side, `node` its own name on this host; quiet leaves out a
    # banner, which is no log line
    "worker": "celery --quiet -A storytailor_dagster.run_worker:app worker --pool threads --concurrency {concurrency} "
    "--loglevel INFO --without-gossip --without-mingle --hostname {node}@%h",
    "emulator": "python -m emulator --host {host} --port {port}",
}


def command(process: ProcessName, **parameters: str | int) -> tuple[str, ...]:
    """The command line of a process as its arguments; a parameter may contain spaces."""
    return tuple(word.format_map(parameters) for word in COMMANDS[process].split())
