"""The caller's own account, and its libraries."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.archive import Archive
from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import Responses, error_responses
from api.schemas.accounts import Library, Me
from api.schemas.envelope import Page, Success, success
from api.stored_objects import delete_folders
from storytailor.errors import RateLimitedError

router = APIRouter(tags=["account"], route_class=AuthenticatedRoute)


EXPORTING = RateLimitedError("An export of yours is under way already. Ask again when it is done.", retry_after=30)
ZIP: Responses = {
    200: {
        "description": "A ZIP, written while it is read.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


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


@router.get("/me/export", response_class=StreamingResponse, responses=ZIP | error_responses(EXPORTING))
async def export_me(state: CurrentState, caller: CurrentCaller) -> StreamingResponse:
    """All that is kept of you, in a ZIP: account.json, and a folder for each character and story with all its files.

    One at a time. What could not be read is listed in NOT-INCLUDED.txt.
    """
    await state.accounts.allowance(caller.user_id)  # refuses whose account was deleted
    if not state.exporting.enter(caller.user_id):
        raise EXPORTING
    archive = Archive(state.export, state.store, caller.user_id)
    name = f"storytailor-{datetime.now(UTC):%Y-%m-%d}.zip"
    return StreamingResponse(
        state.exporting.until_done(caller.user_id, archive.parts()),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/libraries")
async def list_libraries(state: CurrentState, caller: CurrentCaller) -> Success[Page[Library]]:
    """All your libraries, oldest first: the first is where stories go by default."""
    rows = await state.accounts.libraries(caller.user_id)
    return success(Page(items=[Library.of_row(row) for row in rows], nextCursor=None))
