"""The colours of a picture as its maker saw them, in sRGB: a phone's wide gamut, a printer's inks, sixteen bits.

A character's skin is to be the same in every picture, so what is drawn from has to have its true colours.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms, ImageStat

_SRGB = ImageCms.createProfile("sRGB")
_PALE = 235  # a mean grey above which what can be seen would be lost on white
_BEHIND_PALE = "#5b6770"


def in_srgb(picture: Image.Image) -> Image.Image:
    """The picture as RGB in sRGB, nothing of it transparent.

    A profile is applied, not dropped; one that is broken counts as sRGB, as browsers take it.
    """
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    pixels = _converted(_eight_bits(picture))
    return _on_a_ground(pixels, alpha) if alpha else pixels


def _eight_bits(picture: Image.Image) -> Image.Image:
    """The picture in a mode of eight bits a channel that a profile can speak of: L, CMYK or RGB."""
    if picture.mode.startswith("I"):  # sixteen bits of grey, which Pillow would cut off at 255
        return picture.convert("I").point(lambda value: value / 257).convert("L")
    if picture.mode in ("L", "CMYK", "RGB"):
        return picture
    return picture.convert("L" if picture.mode in ("1", "LA") else "RGB")


def _converted(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture.convert("RGB")
    assert converted is not None
    return converted


def _on_a_ground(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    """What is transparent becomes white; behind white lines, which would be gone, a grey."""
    seen = ImageStat.Stat(picture.convert("L"), alpha.point(lambda value: 255 if value > 32 else 0))
    pale = seen.count[0] > 0 and seen.mean[0] > _PALE
    ground = Image.new("RGB", picture.size, _BEHIND_PALE if pale else "white")
    ground.paste(picture, mask=alpha)
    return ground
