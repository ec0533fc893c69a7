"""The bounds by which Prometheus is told how long something took, in seconds; the database has the same."""

from __future__ import annotations

BUCKETS = (
    1.0,
    2.5,
    5.0,
    10.0,
    20.0,
    30.0,
    45.0,
    60.0,
    90.0,
    120.0,
    180.0,
    240.0,
    300.0,
    420.0,
    600.0,
    900.0,
    1_800.0,
    3_600.0,
)


def one_of_them(seconds: float) -> float:
    """The same; what is between two bounds is not counted anywhere. Raises ValueError for that."""
    if seconds not in BUCKETS:
        raise ValueError(f"one of {', '.join(f'{bound:g}' for bound in BUCKETS)}, by which stories are counted")
    return seconds
