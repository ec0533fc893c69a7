"""The caller's own account."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.schemas.accounts import Me
from api.schemas.envelope import Success, success

router = APIRouter(prefix="/me", tags=["account"], route_class=SignedInRoute)


@router.get("")
async def get_me(parts: AppParts, caller: CurrentCaller) -> Success[Me]:
    """Your tier, and how many stories you have made and may make."""
    return success(Me.of(caller.user_id, await parts.accounts.allowance(caller.user_id)))
