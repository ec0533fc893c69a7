"""What may be chosen in a request, for forms that are to offer no more and no less."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.schemas.envelope import Success, success
from api.schemas.options import Options
from api.voices import offered_voices

router = APIRouter(tags=["options"], route_class=AuthenticatedRoute)


@router.get("/options")
async def get_options(state: CurrentState, caller: CurrentCaller) -> Success[Options]:
    """What a story or a character may be asked for with: kinds, languages, voices, traits, and a picture's consent."""
    return success(Options.of(await offered_voices(state.settings, state.listed_voices)))
