"""The caller's own account, and its libraries."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.schemas.accounts import Library, Me
from api.schemas.envelope import Page, Success, success

router = APIRouter(tags=["account"], route_class=AuthenticatedRoute)


@router.get("/me")
async def get_me(state: CurrentState, caller: CurrentCaller) -> Success[Me]:
    """Your tier, and how many stories you have made and may make."""
    return success(Me.of(caller.user_id, await state.accounts.allowance(caller.user_id)))


@router.get("/libraries")
async def list_libraries(state: CurrentState, caller: CurrentCaller) -> Success[Page[Library]]:
    """All your libraries, oldest first: the first is where stories go by default."""
    rows = await state.accounts.libraries(caller.user_id)
    return success(Page(items=[Library.of_row(row) for row in rows], nextCursor=None))
