"""The caller's own account, and its libraries."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.schemas.accounts import Library, Me
from api.schemas.envelope import Page, Success, success
from api.stored_objects import delete_folders

router = APIRouter(tags=["account"], route_class=AuthenticatedRoute)


@router.get("/me")
async def get_me(state: CurrentState, caller: CurrentCaller) -> Success[Me]:
    """Your tier, and how many stories you have made and may make."""
    return success(Me.of(caller.user_id, await state.accounts.allowance(caller.user_id)))


@router.delete("/me", status_code=204)
async def delete_me(state: CurrentState, caller: CurrentCaller) -> Response:
    """Delete your account and all that is yours: stories, also those under way, characters, pictures, links, credits.

    Nothing of it can be brought back, and bought stories are not paid back. Asking again is answered the same. For a
    day nothing can be created with your token (401); afterwards it begins a new account, where the stories that your
    tier has had count on.
    """
    prefixes = await state.erasure.erase(caller.user_id)
    await delete_folders(state.store, prefixes)
    return Response(status_code=204)


@router.get("/libraries")
async def list_libraries(state: CurrentState, caller: CurrentCaller) -> Success[Page[Library]]:
    """All your libraries, oldest first: the first is where stories go by default."""
    rows = await state.accounts.libraries(caller.user_id)
    return success(Page(items=[Library.of_row(row) for row in rows], nextCursor=None))
