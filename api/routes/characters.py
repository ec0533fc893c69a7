"""Characters: create, list, read, change and delete them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import NOT_AS_DOCUMENTED, error_responses
from api.paging import PageQuery, page
from api.schemas.characters import EXAMPLE_ID, Character, CharacterPatch, CharacterRequest
from api.schemas.envelope import Page, Success, success
from api.stored_objects import delete_or_defer
from storytailor.errors import ContentRejectedError, NotFoundError, QuotaExceededError, ServiceUnavailableError
from storytailor.providers.object_store import portrait_prefix
from storytailor.safety.moderation import UNFIT_WORDS

router = APIRouter(prefix="/characters", tags=["characters"], route_class=AuthenticatedRoute)

NO_CHARACTER = NotFoundError("character", EXAMPLE_ID)
NO_LIBRARY = NotFoundError("library", EXAMPLE_ID)
UNFIT = ContentRejectedError(UNFIT_WORDS, {"categories": ["frightening"]})
NOT_JUDGED = ServiceUnavailableError("The request cannot be checked right now. Try again shortly.", retry_after=10)
DAY_IS_FULL = QuotaExceededError(
    "You've had made what may be made for one account in a day. Ask again after 2026-11-30T00:00:00Z.",
    {
        **{"tier": "free", "storiesUsed": 2, "storyLimit": 2, "upgradeOptions": ["individual", "story_pack_5"]},
        "opensAt": "2026-11-30T00:00:00Z",
    },
)
REFUSALS = (UNFIT, DAY_IS_FULL, NOT_JUDGED)


@router.get("")
async def list_characters(
    query: Annotated[PageQuery, Query()], state: CurrentState, caller: CurrentCaller
) -> Success[Page[Character]]:
    """Your characters, newest first."""
    rows = await state.characters.page(caller.user_id, limit=query.limit + 1, before=query.before)
    url_of = await state.urls.current()
    return success(page(rows, query.limit, lambda row: Character.of_row(row, url_of)))


@router.post("", status_code=201, responses=error_responses(NO_LIBRARY, NOT_AS_DOCUMENTED, *REFUSALS))
async def create_character(request: CharacterRequest, state: CurrentState, caller: CurrentCaller) -> Success[Character]:
    """Describe somebody stories can be about."""
    words = (request.name, request.species, request.appearance)
    await state.judging.require_fit(caller.user_id, words, names=[request.name])
    row = await state.characters.create(caller.user_id, request.new())
    return success(Character.of_row(row, await state.urls.current()))


@router.get("/{character_id}", responses=error_responses(NO_CHARACTER))
async def get_character(character_id: UUID, state: CurrentState, caller: CurrentCaller) -> Success[Character]:
    """One of your characters."""
    row = await state.characters.get(caller.user_id, character_id)
    return success(Character.of_row(row, await state.urls.current()))


@router.patch("/{character_id}", responses=error_responses(NO_CHARACTER, NO_LIBRARY, NOT_AS_DOCUMENTED, *REFUSALS))
async def change_character(
    character_id: UUID, request: CharacterPatch, state: CurrentState, caller: CurrentCaller
) -> Success[Character]:
    """Change what you send; the rest stays. Stories asked for before show the character as it was then."""
    changes = request.changes()
    now = await state.characters.get(caller.user_id, character_id)
    if changes.keys() & {"name", "species", "appearance"}:  # with the words that stay, as they are read together
        words = {"name": now.name, "species": now.species, "appearance": now.appearance, **changes}
        judged = [str(words[part]) for part in ("name", "species", "appearance")]
        await state.judging.require_fit(caller.user_id, judged, names=judged[:1])
    row = await state.characters.change(caller.user_id, character_id, changes)
    return success(Character.of_row(row, await state.urls.current()))


@router.delete("/{character_id}", status_code=204, responses=error_responses(NO_CHARACTER))
async def delete_character(character_id: UUID, state: CurrentState, caller: CurrentCaller) -> Response:
    """Delete a character. Stories about it stay, and so do reference images as long as such a story does."""
    unused = await state.characters.delete(caller.user_id, character_id)
    await delete_or_defer(state.store.delete_below(portrait_prefix(character_id)))
    await delete_or_defer(state.store.delete(unused))
    return Response(status_code=204)
