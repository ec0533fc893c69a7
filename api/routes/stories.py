"""Stories: ask for one, list them, read one."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.errors import NOT_AS_DOCUMENTED, refusals
from api.paging import PageQuery, page
from api.schemas.envelope import Page, Success, success
from api.schemas.stories import EXAMPLE_ID, Story, StoryReceipt, StoryRequest, StorySummary
from storytailor.catalog import ALL_ASSETS
from storytailor.db.idempotency import Once
from storytailor.errors import ContentRejected, IdempotencyConflict, NotFound, QuotaExceeded, RateLimited
from storytailor.safety.moderation import moderate_request, words_of
from storytailor.status import StoryState, first_status
from storytailor.webhooks.callable import require_callable

router = APIRouter(prefix="/stories", tags=["stories"], route_class=SignedInRoute)

NO_STORY_LEFT = QuotaExceeded(
    "You've reached your story limit. Upgrade to create more stories.",
    {
        "tier": "free",
        "storiesUsed": 2,
        "storyLimit": 2,
        "upgradeOptions": ["individual", "story_pack_5"],
    },
)
A_KEY = Header(
    alias="Idempotency-Key",
    min_length=1,
    max_length=255,
    pattern=r"^[\x21-\x7e]+$",
    description="Send the same key to be sure that a repeated request makes one story, not two.",
)
CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The story is under way.",
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
    | refusals(
        NO_STORY_LEFT,
        NotFound("character", EXAMPLE_ID),
        NotFound("library", EXAMPLE_ID),
        IdempotencyConflict("This Idempotency-Key was used for another request."),
        NOT_AS_DOCUMENTED,
        ContentRejected("This is not fit for a children's book."),
        RateLimited("That is more than 30 stories a minute. Ask again in 17 s.", retry_after=17),
    ),
)
async def create_story(
    request: StoryRequest,
    parts: AppParts,
    caller: CurrentCaller,
    idempotency_key: Annotated[str | None, A_KEY] = None,
) -> Success[StoryReceipt]:
    """Ask for a story. It is answered at once; follow `realtimeChannel` or `/events` to see it being made."""
    if request.webhook_url:
        await require_callable(parts.webhook_targets, str(request.webhook_url))
    once = Once(idempotency_key, _digest(request)) if idempotency_key else None
    wish = request.wish(caller.user_id)
    await moderate_request(parts.openai, words_of(wish.title, wish.themes, await parts.stories.cast(wish)))
    row = await parts.stories.create(wish, once)
    parts.metrics.created.labels("all" if wish.generate_assets else "words").inc()
    return success(StoryReceipt.of(row))


@router.get("", response_model_exclude_unset=True)
async def list_stories(
    query: Annotated[StoriesQuery, Query()], parts: AppParts, caller: CurrentCaller
) -> Success[Page[StorySummary]]:
    """Your stories, newest first."""
    rows = await parts.stories.page(
        caller.user_id, limit=query.limit + 1, status=query.status, before=query.before
    )
    return success(page(rows, query.limit, lambda row: StorySummary.of_row(row, parts.assets_url)))


@router.get(
    "/{story_id}", response_model_exclude_unset=True, responses=refusals(NotFound("story", EXAMPLE_ID))
)
async def get_story(story_id: UUID, parts: AppParts, caller: CurrentCaller) -> Success[Story]:
    """One of your stories, whole."""
    row = await parts.stories.get(caller.user_id, story_id)
    return success(Story.of_row(row, parts.assets_url))


def _digest(request: StoryRequest) -> str:
    """What makes two requests the same: what they ask for, not how it is written down."""
    return hashlib.sha256(request.model_dump_json(exclude_defaults=True).encode()).hexdigest()
