"""The judges' time and money: what is refused counts in its user's rate, what judging costs in the day's budgets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
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

    @asynccontextmanager
    async def judged(self, user_id: UUID, words: Sequence[str], *, names: Sequence[str]) -> AsyncIterator[float]:
        """Words that are fit for a child, and what it cost in US dollars to find that: for the block to write down.

        Where the block fails, it is written down all the same.

        Raises ContentRejectedError, and ServiceUnavailableError when nobody can say. The words, and whom they are about
        (`names`), are kept out of what this request logs from now on.
        """
        usd = await self._judge(user_id, words, names=names)
        try:
            yield usd
        except BaseException:  # also one whose caller has gone: it was judged all the same
            await self._accounts.note_judging(user_id, usd, refused=False)
            raise

    async def require_fit(
        self, user_id: UUID, words: Sequence[str], *, names: Sequence[str] = (), picture: bytes | None = None
    ) -> None:
        """Raise ContentRejectedError for what is not for a child, ServiceUnavailableError when nobody can say, and
        RateLimitedError for one who was refused too often within a minute.

        Whom the day's budgets keep out is not judged: QuotaExceededError, or ServiceUnavailableError for the house's.
        """
        await self._accounts.require_patience(user_id, self._orders)
        usd = await self._judge(user_id, [text for text in words if text.strip()], names=names, picture=picture)
        await self._accounts.note_judging(user_id, usd, refused=False)

    async def _judge(
        self, user_id: UUID, words: Sequence[str], *, names: Sequence[str], picture: bytes | None = None
    ) -> float:
        """What it cost to find that it is fit, in US dollars. What else it ends in is written down with its cost."""
        withhold(names, [text for text in words if len(text) <= SHORT], words)
        used: list[Usage] = []
        try:
            with self._health.watch():
                await moderate_request(self._openai, words, picture=picture, count=used.append)
        except BaseException as ended:  # as above
            refused = isinstance(ended, ContentRejectedError)
            await self._accounts.note_judging(user_id, _usd(used), refused=refused)
            raise
        return _usd(used)


def _usd(used: Sequence[Usage]) -> float:
    """The cost of these calls; a model without a price is named in the log, once."""
    return sum(cost_of(call) or 0.0 for call in used)
