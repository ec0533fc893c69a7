"""The judges' time: each request that is refused by them counts in its user's rate."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.moderation import ModerationHealth
from storytailor.db import Accounts
from storytailor.errors import ContentRejectedError
from storytailor.providers.openai import OpenAI
from storytailor.safety.moderation import moderate_request


class Judging:
    """Who is judged, and by whom: each call costs the house something, whatever it ends in.

    A user's requests come a few at a time (`api.lines`), so by so many may the rate be passed, less one, in a process.
    """

    def __init__(self, openai: OpenAI, health: ModerationHealth, accounts: Accounts) -> None:
        self._openai = openai
        self._health = health
        self._accounts = accounts

    async def judge(self, user_id: UUID, words: Sequence[str], *, picture: bytes | None = None) -> None:
        """Raise ContentRejectedError for what is not for a child, ServiceUnavailableError when nobody can say."""
        try:
            with self._health.watch():
                await moderate_request(self._openai, words, picture=picture)
        except ContentRejectedError:
            await self._accounts.note_refusal(user_id)
            raise

    async def require_fit(self, user_id: UUID, words: Sequence[str], *, picture: bytes | None = None) -> None:
        """`judge`; RateLimitedError for one who was refused too often within a minute."""
        await self._accounts.require_patience(user_id)
        await self.judge(user_id, [text for text in words if text.strip()], picture=picture)
