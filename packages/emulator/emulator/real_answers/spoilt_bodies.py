"""Answers of either provider whose bytes are spoilt, whatever is in them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.real_answers.answer import BOTH
from emulator.real_answers.spoilt import named


def truncated_json(answer: Response, _: Request) -> Response:
    """The right answer, cut in the middle: 200, and half a document."""
    body = bytes(answer.body)
    return Response(body[: len(body) // 2], answer.status_code, media_type=answer.media_type)


def byte_order_mark(answer: Response, _: Request) -> Response:
    """The right answer behind a byte order mark, as some proxies of Windows send it."""
    return Response(b"\xef\xbb\xbf" + bytes(answer.body), answer.status_code, media_type=answer.media_type)


ANSWERS = tuple(
    named(spoil, spoil, *BOTH, route="*", source="proxies and servers that only speak the format")
    for spoil in (truncated_json, byte_order_mark)
)
