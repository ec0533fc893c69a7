"""A story's changes as Server-Sent Events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, aclosing
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import Responses, error_responses
from api.events import StoryEvent, changes
from api.limits import STREAM_SEND_TIMEOUT
from api.schemas.stories import EXAMPLE_ID, Story
from storytailor.errors import NotFoundError

router = APIRouter(prefix="/stories", tags=["stories"], route_class=AuthenticatedRoute)

EXAMPLE = f'id: 7\nevent: story\ndata: {{"id": "{EXAMPLE_ID}", "status": "generating", …}}\n\n'
STREAM: Responses = {
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
    responses=STREAM | error_responses(NotFoundError("story", EXAMPLE_ID)),
)
async def story_events(
    story_id: UUID,
    state: CurrentState,
    caller: CurrentCaller,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
) -> Response:
    """The story now, and again after each change, until it is ready, partial or failed.

    Changes in quick succession coalesce: the latest row wins. A comment keeps the connection alive. The stream
    ends after half an hour, or with the token; reconnect with `Last-Event-ID` and nothing is told twice.
    """

    async def read() -> StoryEvent:
        """The story with its JSON, so that all who share the read share the serialisation as well."""
        row = await state.stories.get(caller.user_id, story_id)
        story = Story.of_row(row, await state.urls.current(), show_usage=state.settings.show_usage)
        json = story.model_dump_json(exclude_unset=True)
        over = row.asset_generation_status["overall"] != "generating"
        return StoryEvent(story_id, row.revision, over, json)

    first = await read()
    if first.over and last_event_id == str(first.revision):
        return Response(status_code=204)  # which tells an EventSource to stop asking

    async def events() -> AsyncIterator[ServerSentEvent]:
        latest = changes(
            state.feed,
            first,
            lambda: state.feed.reads.once(caller.user_id, ("event", story_id), read),
            state.timings,
            lifetime=min(state.timings.lifetime, caller.seconds_left),
        )
        async with aclosing(latest):
            async for event in latest:
                revision = str(event.revision)
                if revision != last_event_id:
                    yield ServerSentEvent(event.json, event="story", id=revision)

    shared = partial(state.streams.one, caller.user_id)
    return SharedStream(events(), shared, state.timings.keep_alive)


class SharedStream(EventSourceResponse):
    """A stream that counts as one of its user's from its first byte to its last."""

    def __init__(
        self, events: AsyncIterator[ServerSentEvent], shared: Callable[[], AbstractContextManager[None]], ping: float
    ) -> None:
        super().__init__(events, ping=ping, send_timeout=STREAM_SEND_TIMEOUT)
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events. Raises RateLimitedError, before anything is sent, when the user has too many streams."""
        with self._shared():
            await super().__call__(scope, receive, send)
