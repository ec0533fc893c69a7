"""Reference images: pictures of what a character looks like, which the cover is drawn from."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Path, Response, UploadFile

from api.dependencies import AppParts, CurrentCaller, SignedInRoute
from api.errors import NOT_AS_DOCUMENTED, refusals
from api.objects import try_to
from api.pictures import MOST_BYTES, TOO_MANY_BYTES, clean_picture
from api.routes.characters import NO_CHARACTER
from api.schemas.characters import Character
from api.schemas.envelope import Success, success
from storytailor.errors import PayloadTooLarge

router = APIRouter(prefix="/characters", tags=["characters"], route_class=SignedInRoute)

REFUSALS: dict[int | str, dict[str, Any]] = refusals(
    NO_CHARACTER, PayloadTooLarge(TOO_MANY_BYTES), NOT_AS_DOCUMENTED
)
AN_IMAGE = File(description="A PNG, JPEG or WebP picture of up to 10 MiB and 40 million pixels.")
ITS_NAME = Path(
    pattern="^[0-9a-f]{12}$",
    description="The twelve hexadecimal digits in the image's URL.",
    examples=["0f3c9a4e8d3f"],
)


@router.post("/{character_id}/reference-images", status_code=201, responses=REFUSALS)
async def add_reference_image(
    character_id: UUID, image: Annotated[UploadFile, AN_IMAGE], parts: AppParts, caller: CurrentCaller
) -> Success[Character]:
    """Give the character a picture to be drawn from, four at the most. The same picture again changes nothing.

    It is kept as a PNG of up to 2,048 pixels a side, without metadata.
    """
    await parts.reference_images.require_room(caller.user_id, character_id)
    picture = await clean_picture(await image.read(MOST_BYTES + 1))
    key = _key(character_id, hashlib.sha256(picture).hexdigest()[:12])
    await parts.store.put(key, picture)
    row = await parts.reference_images.add(caller.user_id, character_id, key)
    return success(Character.of_row(row, parts.assets_url))


@router.delete("/{character_id}/reference-images/{image}", status_code=204, responses=refusals(NO_CHARACTER))
async def remove_reference_image(
    character_id: UUID, image: Annotated[str, ITS_NAME], parts: AppParts, caller: CurrentCaller
) -> Response:
    """Take a picture from the character; one it does not have is as good as taken.

    Stories that were asked for with it keep it, as long as there is one.
    """
    unused = await parts.reference_images.remove(caller.user_id, character_id, _key(character_id, image))
    await try_to(parts.store.delete(unused))
    return Response(status_code=204)


def _key(character_id: UUID, digest: str) -> str:
    return f"characters/{character_id}/reference-{digest}.png"
