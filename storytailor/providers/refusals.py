"""What a provider's refusal says, fit for an operator's log: its own words, without secrets."""

from __future__ import annotations

import re

LONGEST = 500
SECRET = re.compile(r"\b(?:sk|xi|rk|key)[-_][\w*.-]{4,}|\b[0-9a-f]{32,}\b", re.IGNORECASE)


def provider_words(
    status: int | None, code: object, message: object, *, param: object = None, request_id: object = None
) -> str:
    """`401 invalid_api_key: Incorrect API key provided: ***. (parameter size, request req_1)`."""
    head = " ".join(str(part) for part in (status, code) if part)
    aside = ", ".join(f"{name} {value}" for name, value in (("parameter", param), ("request", request_id)) if value)
    text = ": ".join(part for part in (head, str(message or "").strip()) if part)
    return SECRET.sub("***", " ".join(text.split()))[:LONGEST] + (f" ({aside})" if aside else "")
