"""Actions on a story: regenerate assets, cancel, delete."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import NOT_AS_DOCUMENTED, error_responses
from api.routes.stories import NO_STORY_LEFT
from api.schemas.envelope import Success, success
from api.schemas.stories import EXAMPLE_ID, RemakeRequest, StoryReceipt
from api.stored_objects import delete_or_defer
from storytailor.errors import AssetBusyError, NotFoundError
from storytailor.providers.object_store import story_prefix

router = APIRouter(prefix="/stories", tags=["stories"], route_class=AuthenticatedRoute)

NO_STORY = NotFoundError("story", EXAMPLE_ID)
BUSY = AssetBusyError("Being made right now: cover. Ask again when done.", ["cover"])


@router.post(
    "/{story_id}/assets/regenerate",
    status_code=202,
    response_model_exclude_unset=True,
    responses=error_responses(NO_STORY_LEFT, NO_STORY, BUSY, NOT_AS_DOCUMENTED),
)
async def regenerate_assets(
    story_id: UUID, request: RemakeRequest, state: CurrentState, caller: CurrentCaller
) -> Success[StoryReceipt]:
    """Make assets anew, and with them the book files that show them, or with `cascade` all made from them.

    What they need and is missing or has failed is made as well, so that a story asked for without assets can
    get them later. It uses one of the story's remakes (`remakesLeft`), and when none is left, takes a further story of
    yours, which buys as many again. Made again for nothing: book files alone, placeholders (`fallback`), and what
    failed by itself. A remake that delivers nothing is given back; a story that has given its price back takes it
    again.
    """
    state.rates.actions.spend(caller.user_id)
    row = await state.story_actions.regenerate(caller.user_id, story_id, request.assetTypes, cascade=request.cascade)
    return success(StoryReceipt.of_status(row, await state.urls.current()))


@router.post("/{story_id}/cancel", response_model_exclude_unset=True, responses=error_responses(NO_STORY))
async def cancel_story(story_id: UUID, state: CurrentState, caller: CurrentCaller) -> Success[StoryReceipt]:
    """Stop making the story: what is unfinished fails with "Cancelled."; a story that is over stays as it is.

    What it cost is given back while nothing of it was delivered: no text, voice or picture is ready.
    """
    state.rates.actions.spend(caller.user_id)
    row = await state.story_actions.cancel(caller.user_id, story_id)
    return success(StoryReceipt.of_status(row, await state.urls.current()))


@router.delete("/{story_id}", status_code=204, responses=error_responses(NO_STORY))
async def delete_story(story_id: UUID, state: CurrentState, caller: CurrentCaller) -> Response:
    """Delete the story, even while it is being made, and all its files.

    What it cost is given back when it was under way and nothing of it had been delivered.
    """
    unused = await state.story_actions.delete(caller.user_id, story_id)
    await delete_or_defer(state.store.delete_below(story_prefix(story_id)))
    await delete_or_defer(state.store.delete(unused))
    return Response(status_code=204)
