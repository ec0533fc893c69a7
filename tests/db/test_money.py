"""Whatever a family, its workers and its operator do, nobody has work for nothing and nobody pays twice."""

from __future__ import annotations

import os

from tests.db.money_machine import run_money

STEPS = int(os.environ.get("MONEY_STEPS", "0"))
"""`make money` asks for 2,000, other ones each time."""


def test_no_path_through_create_make_cancel_delete_and_regenerate_is_had_for_nothing_or_paid_twice(
    database_url: str,
) -> None:
    run_money(database_url, steps=STEPS or 200, length=30 if STEPS else 15, repeatable=not STEPS)
