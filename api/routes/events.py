"""A story's changes as Server-Sent Events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.errors import refusals
from api.events import changes, is_over
from api.schemas.stories import EXAMPLE_ID, Story
from storytailor.db.connection import Row
from storytailor.errors import NotFound

router = APIRouter(prefix="/stories", tags=["stories"], route_class=SignedInRoute)

SECONDS_TO_TAKE = 30.0  # a client that does not read for so long is let go
EXAMPLE = f'id: 7\nevent: story\ndata: {{"id": "{EXAMPLE_ID}", "status": "generating", …}}\n\n'
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`story` events: `data` is the story as GET gives it, `id` its revision.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
    },
    204: {"description": "Nothing more will come: the story is over, and `Last-Event-ID` is its last event."},
}


@router.get(
    "/{story_id}/events",
    response_class=EventSourceResponse,
    response_model=None,
    responses=STREAM | refusals(NotFound("story", EXAMPLE_ID)),
)
async def story_events(
    story_id: UUID,
    parts: AppParts,
    caller: CurrentCaller,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
) -> Response:
    """The story now, and again after each change, until it is ready, partial or failed.

    Changes in quick succession coalesce: the latest row wins. A comment keeps the connection alive. The stream
    ends after half an hour, or with the token; reconnect with `Last-Event-ID` and nothing is told twice.
    """

    async def read() -> Row:
        """The row with what is shown of it, so that all who share the reading share the writing as well."""
        row = await parts.stories.get(caller.user_id, story_id)
        return row | {"shown": Story.of_row(row, parts.assets_url).model_dump_json(exclude_unset=True)}

    row = await read()
    if is_over(row) and last_event_id == str(row["revision"]):
        return Response(status_code=204)  # which tells an EventSource to stop asking

    async def events() -> AsyncIterator[ServerSentEvent]:
        rows = changes(
            parts.feed,
            row,
            lambda: parts.feed.read_once(story_id, caller.user_id, read),
            parts.pace,
            lifetime=min(parts.pace.lifetime, caller.seconds_left),
        )
        async with aclosing(rows):
            async for latest in rows:
                revision = str(latest["revision"])
                if revision != last_event_id:
                    yield ServerSentEvent(latest["shown"], event="story", id=revision)

    return EventSourceResponse(events(), ping=parts.pace.keep_alive, send_timeout=SECONDS_TO_TAKE)
