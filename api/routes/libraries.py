"""Libraries: where stories and characters are kept."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.schemas.accounts import Library
from api.schemas.envelope import Page, Success, success

router = APIRouter(prefix="/libraries", tags=["account"], route_class=SignedInRoute)


@router.get("")
async def list_libraries(parts: AppParts, caller: CurrentCaller) -> Success[Page[Library]]:
    """All your libraries, oldest first: the first is where stories go by default."""
    rows = await parts.accounts.libraries(caller.user_id)
    return success(Page(items=[Library.model_validate(row) for row in rows], nextCursor=None))
