"""What the stack stands on: the database, the broker, the object store; and the money."""

from __future__ import annotations

from storytailor.at_start import BOUND_SPENDING, unbounded_spending
from storytailor.db.inspection import inspect_database
from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor_cli.doctor.finding import Finding, of_knocks, without_secrets
from storytailor_cli.local_stack.network import broker_problem


async def check_database(settings: Settings) -> list[Finding]:
    """Who we are there, what stands in between, how many connections we may have, what visitors may read."""
    if settings.database_url is None:
        return [Finding("Database", f"the embedded one, in {settings.state_dir}/postgres")]
    try:
        report = await inspect_database(settings)
    except StorytailorError as error:
        return [Finding("Database", "does not answer", str(error))]
    answers = Finding("Database", f"DATABASE_URL answers ({without_secrets(settings.database)})")
    found = [Finding(f"Database: {found.name}", found.result, found.remedy) for found in report.findings]
    return [answers, *found]


def check_alerts(settings: Settings) -> Finding:
    """Where an operator is told, and whether that can be read."""
    if not settings.alert_urls:
        return Finding("Alerts", "ALERT_URLS is not set: what fails is told in the log alone")
    from storytailor.alerts import Channels  # half a second, which only those who use it pay

    try:
        return Finding("Alerts", f"{len(Channels(settings.alert_urls))} places are told")
    except StorytailorError as error:
        return Finding("Alerts", "nobody could be told", str(error))


async def check_broker(settings: Settings) -> list[Finding]:
    """Whether it answers, and takes our password."""
    if settings.broker_url is None:
        return [Finding("Broker", "the embedded one")]
    where = without_secrets(settings.broker)
    trouble = await broker_problem(settings.broker)
    if trouble is None:
        return [Finding("Broker", f"BROKER_URL answers ({where})")]
    return [Finding("Broker", where, trouble)]


async def check_store(settings: Settings) -> list[Finding]:
    """The folder, or each thing that a story needs of the bucket, tried with a small object."""
    if settings.assets_bucket is None:
        from storytailor.providers.object_store import open_store

        try:
            await open_store(settings).check()
        except StorytailorError as error:
            return [Finding("Object store", str(settings.assets_folder), str(error))]
        return [Finding("Object store", str(settings.assets_folder))]
    from storytailor.providers.knocks import knock_at_store

    where = Finding("Object store", f"bucket {settings.assets_bucket}")
    return [where, *of_knocks("Object store", await knock_at_store(settings))]


def check_spending(settings: Settings) -> Finding:
    """Whether there is a bound to what a day may cost, where anything costs."""
    unbounded = unbounded_spending(settings)
    if unbounded is not None:
        return Finding("Spending", unbounded, BOUND_SPENDING, warning=True)
    if settings.daily_budget is None:
        return Finding("Spending", "nobody is asked who costs money")
    return Finding("Spending", f"at most {settings.daily_budget:g} US dollars a day")
