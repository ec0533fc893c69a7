"""Characters: who stories can be about."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.errors import NOT_AS_DOCUMENTED, refusals
from api.objects import try_to
from api.paging import PageQuery, page
from api.schemas.characters import EXAMPLE_ID, Character, CharacterPatch, CharacterRequest
from api.schemas.envelope import Page, Success, success
from storytailor.errors import NotFound

router = APIRouter(prefix="/characters", tags=["characters"], route_class=SignedInRoute)

NO_CHARACTER = NotFound("character", EXAMPLE_ID)
NO_LIBRARY = NotFound("library", EXAMPLE_ID)


@router.get("")
async def list_characters(
    query: Annotated[PageQuery, Query()], parts: AppParts, caller: CurrentCaller
) -> Success[Page[Character]]:
    """Your characters, newest first."""
    rows = await parts.accounts.characters(caller.user_id, limit=query.limit + 1, before=query.before)
    return success(page(rows, query.limit, lambda row: Character.of_row(row, parts.assets_url)))


@router.post("", status_code=201, responses=refusals(NO_LIBRARY, NOT_AS_DOCUMENTED))
async def create_character(
    request: CharacterRequest, parts: AppParts, caller: CurrentCaller
) -> Success[Character]:
    """Describe somebody stories can be about."""
    row = await parts.characters.create(caller.user_id, request.new())
    return success(Character.of_row(row, parts.assets_url))


@router.get("/{character_id}", responses=refusals(NO_CHARACTER))
async def get_character(character_id: UUID, parts: AppParts, caller: CurrentCaller) -> Success[Character]:
    """One of your characters."""
    row = await parts.characters.get(caller.user_id, character_id)
    return success(Character.of_row(row, parts.assets_url))


@router.patch("/{character_id}", responses=refusals(NO_CHARACTER, NO_LIBRARY, NOT_AS_DOCUMENTED))
async def change_character(
    character_id: UUID, request: CharacterPatch, parts: AppParts, caller: CurrentCaller
) -> Success[Character]:
    """Change what you send; the rest stays. Stories asked for before show the character as it was then."""
    row = await parts.characters.change(caller.user_id, character_id, request.changes())
    return success(Character.of_row(row, parts.assets_url))


@router.delete("/{character_id}", status_code=204, responses=refusals(NO_CHARACTER))
async def delete_character(character_id: UUID, parts: AppParts, caller: CurrentCaller) -> Response:
    """Delete a character. Stories about it stay, and so do reference images as long as such a story does."""
    unused = await parts.characters.delete(caller.user_id, character_id)
    await try_to(parts.store.delete(unused))
    return Response(status_code=204)
