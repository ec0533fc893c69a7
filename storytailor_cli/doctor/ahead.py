"""What will fail, said before anything is started: the free calls of the doctor, where real providers are set."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from storytailor.at_start import BOUND_SPENDING, unbounded_spending
from storytailor.endpoints import ROLES, endpoint
from storytailor.errors import SettingsError
from storytailor.providers.knock import Knock, warning
from storytailor.settings import Settings
from storytailor_cli.doctor.finding import Finding, show


async def trouble_ahead(settings: Settings) -> list[Knock]:
    """What of the real providers and the bucket is not fine, within seconds; nobody is asked where none is set."""
    if settings.assets_bucket is None and _all_emulated(settings):
        return []
    from storytailor.providers.knocks import knock_at_all

    unbounded = unbounded_spending(settings)
    spending = [] if unbounded is None else [warning("Spending", unbounded, BOUND_SPENDING)]
    return [*await knock_at_all(settings), *spending]


def _all_emulated(settings: Settings) -> bool:
    try:
        return all(endpoint(settings, role).is_emulated for role in ROLES)
    except SettingsError:  # a key from Parameter Store, which the code location reads
        return False


def show_ahead(console: Console, knocks: Sequence[Knock]) -> None:
    """Print each, and what to do about it."""
    show(console, [Finding(knock.what, knock.result, knock.remedy, knock.severity == "warning") for knock in knocks])
