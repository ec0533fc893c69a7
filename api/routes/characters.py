"""Characters: who stories can be about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.paging import PageQuery, page
from api.schemas.accounts import Character
from api.schemas.envelope import Page, Success, success

router = APIRouter(prefix="/characters", tags=["characters"], route_class=SignedInRoute)


@router.get("")
async def list_characters(
    query: Annotated[PageQuery, Query()], parts: AppParts, caller: CurrentCaller
) -> Success[Page[Character]]:
    """Your characters, newest first."""
    rows = await parts.accounts.characters(caller.user_id, limit=query.limit + 1, before=query.before)
    return success(page(rows, query.limit, lambda row: Character.of_row(row, parts.assets_url)))
