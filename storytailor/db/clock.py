"""Whether this machine's clock agrees with the database's, by which leases, limits and what is due are measured."""

from __future__ import annotations

import asyncio
import socket
import time

from storytailor.db.alerts import Alerts
from storytailor.db.connection import Database
from storytailor.tasks import Lasting

TOLERATED_SECONDS = 60.0
LOOK_SECONDS = 300.0
"""What stands in the way counts as over when it was not noted for ten minutes."""


def clock_problem(asked: float, there: float, heard: float) -> str | None:
    """What an operator is told of a clock that is off by more than a minute; None where none is, as far as is known.

    All are seconds since 1970: the database's clock was at `there` some time between asking and hearing, by this one's.
    """
    if asked - there > TOLERATED_SECONDS:
        return _says(asked - there, "ahead of")
    if there - heard > TOLERATED_SECONDS:
        return _says(there - heard, "behind")
    return None


async def watch_clock(database: Database) -> None:
    """Look at this machine's clock now and every five minutes, until cancelled."""
    looks = Lasting("watch on the clock")
    while True:
        with looks.turn():
            await note_clock(database)
        await asyncio.sleep(LOOK_SECONDS)


async def note_clock(database: Database) -> None:
    """Tell the operator, with the next look at what is wrong, if this machine's clock is.

    All machines are one cause: where several are off, it is the database's clock, or nothing sets any.
    """
    asked = time.time()
    (there,) = await database.fetch_values(float, "health/clock")
    if says := clock_problem(asked, there, time.time()):
        await Alerts(database).note_standing("clock", says)


def _says(seconds: float, side: str) -> str:
    return (
        f"The clock of {socket.gethostname()} is {seconds:.0f} s {side} the database's: let NTP set both. Stories are "
        "made all the same, but logins, signed addresses and what is sent to AWS hang on it."
    )
