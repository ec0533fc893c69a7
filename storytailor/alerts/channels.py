"""Where operators are told: Slack, mail, a webhook, and whatever else Apprise has a URL for."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from apprise import Apprise, NotifyType
from pydantic import SecretStr

from storytailor.errors import SettingsError

logging.getLogger("apprise").setLevel(
    logging.CRITICAL
)  # what it says of a failure quotes the URL, and that is a secret


class Channels:
    """The places of ALERT_URLS."""

    def __init__(self, urls: Iterable[SecretStr]) -> None:
        """Raises SettingsError for a URL that nothing can be sent to, named by its place, since it is a secret."""
        self._apprise = Apprise()
        for place, url in enumerate(urls, start=1):
            if not self._apprise.add(url.get_secret_value()):
                raise SettingsError(
                    f"ALERT_URLS: number {place} is no URL that alerts can be sent to, such as "
                    "slack://TokenA/TokenB/TokenC, mailtos://user:password@host?to=address or jsons://host/path. "
                    "All kinds: https://appriseit.com/services/"
                )

    def __len__(self) -> int:
        return len(self._apprise)

    async def tell(self, title: str, body: str, *, good: bool = False) -> bool:
        """Whether every place took it. Apprise gives each some seconds; it is told from threads of its own."""
        kind = NotifyType.SUCCESS if good else NotifyType.FAILURE
        return bool(await self._apprise.async_notify(body=body, title=title, notify_type=kind))
