"""The webhook a caller names: refused at once when it could never be called."""

from __future__ import annotations

import asyncio

from storytailor.errors import ValidationError
from storytailor.webhooks.targets import TargetRefused, Targets, TargetUnknown

LOOK_UP_WITHIN = 2.0


async def require_callable(targets: Targets, url: str) -> None:
    """Raise ValidationError for a URL that webhooks must not go to.

    A host that cannot be looked up now is let through: every delivery looks again, and is refused then.
    """
    try:
        async with asyncio.timeout(LOOK_UP_WITHIN):
            await targets.check(url)
    except TargetRefused as refusal:
        where, what = "body.webhook_url", str(refusal)
        raise ValidationError(
            f"The request is not as documented: {where}: {what}.", [{"where": where, "what": what}]
        ) from refusal
    except (TargetUnknown, TimeoutError):
        return
