"""Reference images: pictures of what a character looks like, which the cover is drawn from."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Path, Response, UploadFile

from api.dependencies import AuthenticatedRoute, CurrentCaller, CurrentState
from api.errors import NOT_AS_DOCUMENTED, error_responses
from api.limits import IMAGE_TOO_LARGE
from api.routes.characters import DAY_IS_FULL, NO_CHARACTER
from api.schemas.characters import Character
from api.schemas.envelope import Success, success
from api.stored_objects import delete_or_defer
from storytailor.db.reference_images import new_key
from storytailor.errors import (
    ContentRejectedError,
    NotFoundError,
    PayloadTooLargeError,
    QuotaExceededError,
    ServiceUnavailableError,
)
from storytailor.photo_consent import WORDING, WORDING_VERSION
from storytailor.safety.moderation import UNFIT_PICTURE

router = APIRouter(prefix="/characters", tags=["characters"], route_class=AuthenticatedRoute)

NOT_STORED = ServiceUnavailableError("A finished file could not be stored right now.")
UNFIT = ContentRejectedError(UNFIT_PICTURE, {"categories": ["violence/graphic"]})
KINDS = ("jpg", "png")
"""What pictures are kept as, and were before."""
NO_ROOM = QuotaExceededError(
    "Your pictures take up 199.9 of the 200 MB they may, and this one would be too much. Remove some, also with "
    "stories you no longer want, and send it again.",
    {"keptBytes": 199_900_000, "mostBytes": 200_000_000},
)
UPLOAD_ERRORS = error_responses(
    NO_CHARACTER, PayloadTooLargeError(IMAGE_TOO_LARGE), NOT_AS_DOCUMENTED, UNFIT, DAY_IS_FULL, NO_ROOM, NOT_STORED
)
IMAGE_FILE = File(description="A PNG, JPEG, WebP or AVIF picture of up to 10 MiB and 40 million pixels.")
CONSENT_FORM = Form(description=f"`true`, by which you confirm: {WORDING} (Version {WORDING_VERSION} of these words.)")
IMAGE_PATH = Path(
    pattern="^[0-9a-f]{12}$",
    description="The twelve hexadecimal digits in the image's URL.",
    examples=["0f3c9a4e8d3f"],
)


@router.post("/{character_id}/reference-images", status_code=201, responses=UPLOAD_ERRORS)
async def add_reference_image(
    character_id: UUID,
    image: Annotated[UploadFile, IMAGE_FILE],
    consent: Annotated[Literal["true"], CONSENT_FORM],
    state: CurrentState,
    caller: CurrentCaller,
) -> Success[Character]:
    """Give the character a picture to be drawn from, four at the most. The same picture again changes nothing.

    It is kept as a JPEG of up to 2,048 pixels a side in sRGB, without metadata, what is transparent on a plain ground.
    Your consent is written down with it, by whom and when, and goes with it.
    """
    state.rates.uploads.spend(caller.user_id)
    await state.reference_images.require_room(caller.user_id, character_id)
    picture = await state.image_workers.sanitize(caller.user_id, image)
    key = new_key(character_id, picture)
    if await state.reference_images.has(caller.user_id, character_id, key, size=len(picture)):
        row = await state.characters.get(caller.user_id, character_id)
        return success(Character.of_row(row, await state.urls.current()))
    await state.judging.require_fit(caller.user_id, [], picture=picture)  # as it will be stored, and before it is
    await state.reference_images.expect(caller.user_id, key)
    await state.store.put(key, picture)
    try:
        row = await state.reference_images.add(
            caller.user_id, character_id, key, size=len(picture), wording=WORDING_VERSION
        )
    except NotFoundError:  # the character was deleted meanwhile; nobody else has this key
        await delete_or_defer(state.store.delete([key]))
        raise
    return success(Character.of_row(row, await state.urls.current()))


@router.delete("/{character_id}/reference-images/{image}", status_code=204, responses=error_responses(NO_CHARACTER))
async def remove_reference_image(
    character_id: UUID, image: Annotated[str, IMAGE_PATH], state: CurrentState, caller: CurrentCaller
) -> Response:
    """Take a picture from the character; one it does not have is as good as taken.

    Stories that were asked for with it keep it, as long as there is one.
    """
    keys = [f"characters/{character_id}/reference-{image}.{kind}" for kind in KINDS]
    unused = await state.reference_images.remove(caller.user_id, character_id, keys)
    await delete_or_defer(state.store.delete(unused))
    return Response(status_code=204)
