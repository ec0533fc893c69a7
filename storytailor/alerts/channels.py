"""Where operators are told: Slack, mail, a webhook, and whatever else Apprise has a URL for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from apprise import Apprise, NotifyType
from pydantic import SecretStr

from storytailor.errors import SettingsError

log = logging.getLogger(__name__)

TELL_TIMEOUT = 15.0
"""Seconds for one place to take an alert."""


class Channels:
    """The places of ALERT_URLS."""

    def __init__(self, urls: Iterable[SecretStr]) -> None:
        """Raises SettingsError for a URL that nothing can be sent to, named by its place, since it is a secret."""
        # what Apprise itself says of a failure quotes the URL
        logging.getLogger("apprise").setLevel(logging.CRITICAL)
        self._places = [_place(number, url) for number, url in enumerate(urls, start=1)]

    def __len__(self) -> int:
        return len(self._places)

    async def tell(self, title: str, body: str, *, good: bool = False) -> bool:
        """Whether any place took it: those that did are not to be told again for one that never does."""
        kind = NotifyType.SUCCESS if good else NotifyType.FAILURE
        took = await asyncio.gather(*(_tell(place, title, body, kind) for place in self._places))
        if silent := [str(number) for number, taken in enumerate(took, start=1) if not taken]:
            log.warning("ALERT_URLS: number %s has not taken an alert.", ", ".join(silent))
        return any(took)


def _place(number: int, url: SecretStr) -> Apprise:
    place = Apprise()
    if not place.add(url.get_secret_value()):
        raise SettingsError(
            f"ALERT_URLS: number {number} is no URL that alerts can be sent to, such as "
            "slack://TokenA/TokenB/TokenC, mailtos://user:password@host?to=address or jsons://host/path. "
            "All kinds: https://appriseit.com/services/"
        )
    return place


async def _tell(place: Apprise, title: str, body: str, kind: NotifyType) -> bool:
    """Whether this place took it, within TELL_TIMEOUT; Apprise tells it from a thread of its own."""
    try:
        async with asyncio.timeout(TELL_TIMEOUT):
            return bool(await place.async_notify(body=body, title=title, notify_type=kind))
    except TimeoutError:
        return False
