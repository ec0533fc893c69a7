"""What PostgreSQL does not take, told without the words it did not take: its own message quotes the row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from storytailor.errors import PermanentError, ServiceUnavailableError

FOR_FAMILY = "What was made could not be kept: something is to be put right on our side."


@contextmanager
def refusals_told() -> Iterator[None]:
    """Raise PermanentError for a write that PostgreSQL refuses and would refuse again: a constraint, a trigger, a
    character or a size it does not take. One that it could not answer stays ServiceUnavailableError.
    """
    try:
        yield
    except ServiceUnavailableError as down:
        if isinstance(down.__cause__, psycopg.errors.ProgramLimitExceeded):  # psycopg counts it as operational
            raise _told(down.__cause__) from None
        raise
    except (psycopg.DatabaseError, UnicodeError) as refused:
        raise _told(refused) from None


def _told(refused: psycopg.Error | UnicodeError) -> PermanentError:
    """For the operator: the error's name and code, what is told without its details, and the constraint's name."""
    diagnosis = refused.diag if isinstance(refused, psycopg.Error) else None
    code = f" ({diagnosis.sqlstate})" if diagnosis and diagnosis.sqlstate else ""
    said = diagnosis.message_primary if diagnosis and diagnosis.message_primary else "not sent"
    return PermanentError(
        FOR_FAMILY,
        remedy=f"PostgreSQL does not take what was made: {type(refused).__name__}{code}.",
        detail=said,
    )
