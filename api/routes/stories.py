"""Stories: ask for one, list them, read one."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from api.auth import Caller
from api.dependencies import AppState, AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import NOT_AS_DOCUMENTED, Responses, error_responses
from api.paging import PageQuery, page
from api.schemas.envelope import Page, Success, success
from api.schemas.stories import EXAMPLE_ID, Story, StoryEstimate, StoryReceipt, StoryRequest, StorySummary
from api.voices import require_voice
from storytailor.catalog import ALL_ASSETS
from storytailor.db.idempotency import IdempotencyKey, ReplayedStory
from storytailor.db.rows import StoryStatusRow
from storytailor.errors import (
    ContentRejectedError,
    IdempotencyConflictError,
    NotFoundError,
    QuotaExceededError,
    RateLimitedError,
)
from storytailor.making.estimate import estimate
from storytailor.making.portraits import without_portrait
from storytailor.safety.moderation import words_of
from storytailor.status import StoryState, first_status
from storytailor.webhooks.targets import validate_webhook_url

router = APIRouter(prefix="/stories", tags=["stories"], route_class=AuthenticatedRoute)

NO_STORY_LEFT = QuotaExceededError(
    "You've reached your story limit. Upgrade to create more stories.",
    {"tier": "free", "storiesUsed": 2, "storyLimit": 2, "upgradeOptions": ["individual", "story_pack_5"]},
)
KEY_HEADER = Header(
    alias="Idempotency-Key",
    min_length=1,
    max_length=255,
    pattern=r"^[\x21-\x7e]+$",
    description="Send the same key to be sure that a repeated request makes one story, not two. The first answer is "
    "kept for 24 hours (`IDEMPOTENCY_KEY_HOURS`), and given again even if the story was deleted since.",
)
CREATED: Responses = {
    201: {
        "description": "The story is under way.",
        "headers": {
            "Idempotency-Replayed": {
                "description": "`true` when this answer was given before, under the same Idempotency-Key.",
                "schema": {"type": "string", "enum": ["true"]},
            }
        },
        "content": {
            "application/json": {
                "example": {
                    "success": True,
                    "data": {
                        "id": EXAMPLE_ID,
                        "status": "generating",
                        "asset_generation_status": first_status(ALL_ASSETS),
                        "realtimeChannel": f"stories:id={EXAMPLE_ID}",
                    },
                }
            }
        },
    }
}


class StoriesQuery(PageQuery):
    """Which stories."""

    status: StoryState | None = None


@router.post(
    "",
    status_code=201,
    response_model_exclude_unset=True,
    responses=CREATED
    | error_responses(
        NO_STORY_LEFT,
        NotFoundError("character", EXAMPLE_ID),
        NotFoundError("library", EXAMPLE_ID),
        IdempotencyConflictError("This Idempotency-Key was used for another request."),
        NOT_AS_DOCUMENTED,
        ContentRejectedError("This is not fit for a children's book."),
        RateLimitedError("That is more than 30 requests a minute. Ask again in 17 s.", retry_after=17),
    ),
)
async def create_story(
    request: StoryRequest,
    response: Response,
    state: CurrentState,
    caller: CurrentCaller,
    idempotency_key: Annotated[str | None, KEY_HEADER] = None,
) -> Success[StoryReceipt]:
    """Ask for a story. It is answered at once; follow `realtimeChannel` or `/events` to see it being made."""
    key = IdempotencyKey(idempotency_key, _digest(request)) if idempotency_key else None
    # the kept answer comes first: a repeated request is not judged, looked up or paid for again
    kept = await state.stories.replay(caller.user_id, key) if key else None
    row = kept or await _create(request, state, caller, key)
    if isinstance(row, ReplayedStory):
        response.headers["Idempotency-Replayed"] = "true"
    else:
        state.metrics.created.labels("all" if request.generateAssets else "words").inc()
    return success(StoryReceipt.of_status(row, await state.urls.current()))


async def _create(request: StoryRequest, state: AppState, caller: Caller, key: IdempotencyKey | None) -> StoryStatusRow:
    """The story, once everything in the request may be used.

    What costs nothing is asked first: who has no story left causes neither a look-up of a host nor a call to a
    provider. The story is about the characters as they were judged.
    """
    require_voice(state.settings, request.voice_id)
    new = request.new()
    characters = await state.stories.require_admission(caller.user_id, new)
    if request.webhook_url:
        await validate_webhook_url(state.webhook_targets, str(request.webhook_url), caller.user_id)
    words = words_of(new.title, new.themes, characters)
    names = [character.name for character in characters]
    async with state.judging.judged(caller.user_id, words, names=names) as usd:
        return await state.stories.create(caller.user_id, new, key, judged=characters, judged_usd=usd)


@router.post(
    "/estimate",
    responses=error_responses(
        NotFoundError("character", EXAMPLE_ID), NotFoundError("library", EXAMPLE_ID), NOT_AS_DOCUMENTED
    ),
)
async def estimate_story(request: StoryRequest, state: CurrentState, caller: CurrentCaller) -> Success[StoryEstimate]:
    """What this story would cost and how long it would take. Nothing is written, taken or asked of a model."""
    require_voice(state.settings, request.voice_id)
    if request.webhook_url:
        await validate_webhook_url(state.webhook_targets, str(request.webhook_url), caller.user_id)
    cast = await state.stories.cast(caller.user_id, request.new())
    to_draw = without_portrait(cast.characters, cast.portraits)
    return success(StoryEstimate.of(estimate(request.brief(cast.characters), to_draw, state.settings)))


@router.get("", response_model_exclude_unset=True)
async def list_stories(
    query: Annotated[StoriesQuery, Query()], state: CurrentState, caller: CurrentCaller
) -> Success[Page[StorySummary]]:
    """Your stories, newest first."""
    rows = await state.stories.page(caller.user_id, limit=query.limit + 1, status=query.status, before=query.before)
    url_of = await state.urls.current()
    return success(page(rows, query.limit, lambda row: StorySummary.of_summary(row, url_of)))


@router.get(
    "/{story_id}",
    response_model_exclude_unset=True,
    responses=error_responses(NotFoundError("story", EXAMPLE_ID)),
)
async def get_story(story_id: UUID, state: CurrentState, caller: CurrentCaller) -> Success[Story]:
    """One of your stories, whole. The URLs in it open its files without a token, and end (`ASSETS_URL_MINUTES`): fetch
    the story again for new ones.
    """
    row = await state.stories.get(caller.user_id, story_id)
    return success(Story.of_row(row, await state.urls.current(), show_usage=state.settings.show_usage))


def _digest(request: StoryRequest) -> str:
    """Equal for two requests that ask for the same, however it is written."""
    return hashlib.sha256(request.model_dump_json(exclude_defaults=True).encode()).hexdigest()
