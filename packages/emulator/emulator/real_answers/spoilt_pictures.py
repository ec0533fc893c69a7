"""Pictures as other servers of OpenAI's wire format give them."""

from __future__ import annotations

import base64

from starlette.requests import Request

from emulator.real_answers.spoilt import Document, spoilt

_OTHERS = "Together, LocalAI, dall-e's default"


@spoilt("openai", route="images", source=_OTHERS)
def url_pictures(answer: Document, request: Request) -> None:
    """Pictures by `url`, not as base64; this server serves them."""
    pictures = request.app.state.service.pictures
    base = str(request.base_url)
    answer["data"] = [
        {"url": f"{base}_emulator/pictures/{pictures.keep(base64.b64decode(picture['b64_json']))}"}
        for picture in answer["data"]
    ]
    _forget_usage(answer)


@spoilt("openai", route="images", source=_OTHERS)
def url_pictures_that_are_gone(answer: Document, request: Request) -> None:
    """Pictures by a `url` that has run out."""
    answer["data"] = [{"url": f"{request.base_url}_emulator/pictures/gone"} for _ in answer["data"]]
    _forget_usage(answer)


@spoilt("openai", route="images", source="browsers' helpers that pass a whole data URL on")
def data_url_pictures(answer: Document, _: Request) -> None:
    """Base64 that begins with `data:image/png;base64,`."""
    for picture in answer["data"]:
        picture["b64_json"] = f"data:image/png;base64,{picture['b64_json']}"


@spoilt("openai", route="images", source="connections that proxies cut short")
def truncated_picture(answer: Document, _: Request) -> None:
    """Sound base64 of half a picture."""
    for picture in answer["data"]:
        whole = base64.b64decode(picture["b64_json"])
        picture["b64_json"] = base64.b64encode(whole[: len(whole) // 2]).decode()


@spoilt("openai", route="images", source=_OTHERS)
def pictures_without_usage(answer: Document, _: Request) -> None:
    """The right pictures, and not a word on tokens."""
    _forget_usage(answer)


ANSWERS = (url_pictures, url_pictures_that_are_gone, data_url_pictures, truncated_picture, pictures_without_usage)


def _forget_usage(answer: Document) -> None:
    answer.pop("usage", None)
