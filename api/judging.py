"""The judges' time and money: what is refused counts in its user's rate, what judging costs in the day's budgets."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.moderation import ModerationHealth
from storytailor.db import Accounts
from storytailor.db.orders import Orders
from storytailor.errors import ContentRejectedError
from storytailor.making.prices import cost_of
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Usage
from storytailor.safety.moderation import moderate_request
from storytailor.withheld import withhold

SHORT = 120
"""Letters of a title, a theme or a species at most; what is longer is a text, and known by words in a row."""


class Judging:
    """Who is judged, and by whom: each call costs the house something, whatever it ends in.

    A user's requests come a few at a time (`api.lines`), so by so many may rate and budget be passed, less one, in a
    process.
    """

    def __init__(self, openai: OpenAI, health: ModerationHealth, accounts: Accounts, orders: Orders) -> None:
        self._openai = openai
        self._health = health
        self._accounts = accounts
        self._orders = orders

    async def judge(
        self, user_id: UUID, words: Sequence[str], *, names: Sequence[str] = (), picture: bytes | None = None
    ) -> None:
        """Raise ContentRejectedError for what is not for a child, ServiceUnavailableError when nobody can say.

        What is judged, and whom it is about (`names`), is kept out of what this request logs from now on.
        """
        withhold(names, [text for text in words if len(text) <= SHORT], words)
        used: list[Usage] = []
        refused = False
        try:
            with self._health.watch():
                await moderate_request(self._openai, words, picture=picture, count=used.append)
        except ContentRejectedError:
            refused = True
            raise
        finally:
            usd = sum(cost_of(call) or 0.0 for call in used)  # a model without a price is named in the log, once
            await self._accounts.note_judging(user_id, usd, refused=refused)

    async def require_fit(
        self, user_id: UUID, words: Sequence[str], *, names: Sequence[str] = (), picture: bytes | None = None
    ) -> None:
        """`judge`; RateLimitedError for one who was refused too often within a minute.

        Whom the day's budgets keep out is not judged: QuotaExceededError, or ServiceUnavailableError for the house's.
        """
        await self._accounts.require_patience(user_id, self._orders)
        await self.judge(user_id, [text for text in words if text.strip()], names=names, picture=picture)
