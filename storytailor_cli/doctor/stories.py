"""How stories fare: what is made, what fails, what waits, and whether that is what was promised."""

from __future__ import annotations

from storytailor.catalog import in_order
from storytailor.db import Database
from storytailor.db.measurements import InTime, Measurements
from storytailor.db.operations import Failure, Made, Operations, Placeholders, Standing, UnderWay, Webhooks
from storytailor.db.schema import Schema
from storytailor.errors import StorytailorError
from storytailor.settings import Settings
from storytailor_cli.doctor.finding import Finding
from storytailor_cli.local_stack.state import RunningStack
from storytailor_cli.story_database import database_url

STILL_SECONDS = 600.0
"""The seed's: a story without any progress for so long is looked at."""
WEBHOOK_SECONDS = 600.0
NOBODY_IS_TOLD = (
    "Is `storytailor webhooks` up, or an API with the makers' login? Receivers that do not answer wait in line."
)
MAKE_AGAIN = "When that is mended, make it again: its family can, or *Materialize* in Dagster's UI."


async def check_stories(settings: Settings, running: RunningStack | None) -> list[Finding]:
    """What the database says of all stories; nothing where there is no database yet."""
    if settings.database_url is None and running is None:
        return []
    try:
        database = await Database(await database_url(settings, running), max_size=1, timeout=5).open()
    except StorytailorError as error:
        # of one that DATABASE_URL names, its own check says it
        return [] if settings.database_url else [Finding("Database", "the embedded one does not answer", str(error))]
    try:
        if await Schema(database).problem() is not None:
            return []  # which the database's own check says too
        asked, measured = Operations(database), Measurements(database)
        return [
            _under_way(await asked.under_way()),
            _in_time(await measured.in_time(settings.objective_seconds), settings),
            *_made(await asked.made()),
            *map(_failure, await asked.failures()),
            *map(_placeholders, await asked.placeholders()),
            *map(_standing, await asked.standing()),
            _incomplete(await asked.incomplete()),
            _webhooks(await asked.webhooks()),
        ]
    except StorytailorError as error:
        return [Finding("Stories", "nobody can say, since the database does not answer", str(error))]
    finally:
        await database.close()


def _under_way(now: UnderWay) -> Finding:
    if not now.stories:
        return Finding("Stories", "none is being made")
    said = f"{now.stories} being made, for {_time(now.average_seconds)} on the average"
    if now.still_seconds <= STILL_SECONDS:
        return Finding("Stories", said)
    still = f"{said}; one has not moved for {_time(now.still_seconds)}"
    return Finding("Stories", still, f"`storytailor story show {now.stillest}` says why it stands.", warning=True)


def _in_time(found: InTime, settings: Settings) -> Finding:
    promised = f"{settings.objective_percent:g} % within {settings.objective_seconds:g} s"
    if found.percent is None:
        return Finding("Objective", f"{promised}; no story has ended in the last 24 hours")
    known, overdue = found.ended + found.overdue, f", {found.overdue} are overdue" if found.overdue else ""
    said = f"{found.in_time} of {known} stories of the last 24 hours were in time{overdue}; promised are {promised}"
    if found.percent >= settings.objective_percent:
        return Finding("Objective", said)
    remedy = (
        "What failed is said below. Where nothing failed, stories are slow: more workers where they wait, a higher "
        "limit where calls do. Or promise less, by OBJECTIVE_PERCENT and OBJECTIVE_SECONDS."
    )
    return Finding("Objective", said, remedy, warning=True)


def _made(stages: list[Made]) -> list[Finding]:
    """One line of all stages: what was made in a day, and how fast."""
    if not any(stage.made for stage in stages):
        return []
    said = ", ".join(
        f"{stage.asset} {stage.made} in {_time(stage.average_seconds or 0)}" for stage in stages if stage.made
    )
    return [Finding("Made in 24 hours", f"{said} each on the average")]


def _failure(failure: Failure) -> Finding:
    stories = "1 story" if failure.stories == 1 else f"{failure.stories} stories"
    result = f"{stories} in 24 hours: {failure.says}"
    remedy = f"{MAKE_AGAIN} `storytailor story show {failure.last_story}` shows the last."
    return Finding(f"Failed: {', '.join(in_order(failure.stages))}", result, remedy, warning=True)


def _placeholders(found: Placeholders) -> Finding:
    stories = "1 story" if found.stories == 1 else f"{found.stories} stories"
    remedy = (
        "Its family may have them drawn again for nothing. Where there are many, the provider's filter or the picture "
        f"model has changed. `storytailor story show {found.last_story}` shows the last."
    )
    name = f"Placeholders: {', '.join(in_order(found.stages))}"
    return Finding(name, f"{stories} in 24 hours could not be drawn: {found.reason}", remedy, warning=True)


def _standing(standing: Standing) -> Finding:
    return Finding(f"Now: {standing.cause}", "in the way of everybody", standing.says)


def _incomplete(assets: int) -> Finding:
    if not assets:
        return Finding("Ready assets", "each has its file or data")
    remedy = (
        "Somebody has written to `stories` past the queue. Make them again: docs/troubleshooting.md, 2, finds them."
    )
    return Finding("Ready assets", f"{assets} without file or data", remedy)


def _webhooks(outbox: Webhooks) -> Finding:
    said = f"{outbox.waiting} wait, {outbox.dead} given up in 24 hours"
    if outbox.oldest_seconds > WEBHOOK_SECONDS:
        late = f"{said}; the oldest has waited {_time(outbox.oldest_seconds)}"
        return Finding("Webhooks", late, NOBODY_IS_TOLD, warning=True)
    if outbox.dead:
        remedy = "Their receivers did not take them for days: `last_error` in the table `webhook_outbox` says why."
        return Finding("Webhooks", said, remedy, warning=True)
    return Finding("Webhooks", said)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 180 else f"{seconds / 60:.0f} min"
