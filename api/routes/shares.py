"""Shared links: a story is read without a token by whoever has its link, until its owner takes that back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import Responses, error_responses
from api.schemas.envelope import Success, success
from api.schemas.shares import SharedStory, ShareLink
from api.schemas.stories import EXAMPLE_ID
from storytailor.errors import NotFoundError

router = APIRouter(prefix="/stories", tags=["stories"], route_class=AuthenticatedRoute)
open_router = APIRouter(prefix="/shared", tags=["shared"])

NO_STORY = NotFoundError("story", EXAMPLE_ID)
NO_LINK = NotFoundError("story", "")
GIVEN_AGAIN: Responses = {200: {"model": Success[ShareLink], "description": "There was a link; it is given again."}}
READ_BY_PEOPLE_ONLY = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


@router.post("/{story_id}/share", status_code=201, responses=GIVEN_AGAIN | error_responses(NO_STORY))
async def share_story(
    story_id: UUID, request: Request, response: Response, state: CurrentState, caller: CurrentCaller
) -> Success[ShareLink]:
    """Make a link by which anybody can read the story, without an account, until you take it back or delete the story.

    It shows the book, and nothing of you, your characters' descriptions or what you asked for. A story that has a link
    gets the same one again.
    """
    share = await state.story_shares.share(caller.user_id, story_id)
    if not share.made:
        response.status_code = 200
    url = str(request.url_for("read_shared_story", token=share.token))
    return success(ShareLink(url=url, createdAt=share.created_at))


@router.delete("/{story_id}/share", status_code=204, responses=error_responses(NO_STORY))
async def stop_sharing_story(story_id: UUID, state: CurrentState, caller: CurrentCaller) -> Response:
    """Take the story's link back: it opens nothing any more, for good. Without a link nothing changes."""
    await state.story_shares.take_back(caller.user_id, story_id)
    return Response(status_code=204)


@open_router.get("/{token}", response_model_exclude_unset=True, responses=error_responses(NO_LINK))
async def read_shared_story(token: str, response: Response, state: CurrentState) -> Success[SharedStory]:
    """The story behind a shared link. Without a login; a link that was taken back is as unknown as a wrong one.

    The URLs in it open its files for five minutes at the most: fetch the story again for new ones.
    """
    row = await state.story_shares.read(token)
    if row is None:
        raise NO_LINK
    response.headers.update(READ_BY_PEOPLE_ONLY)
    return success(SharedStory.of_row(row, await state.shared_urls.current()))
