"""Images that people send: checked before they are decoded, and encoded anew with nothing but their pixels.

Decoders fail in more ways than are written anywhere, and work for as long as a picture makes them: only
`api.image_worker` calls this, in a process of its own with limits, and any exception that is no answer is a broken
picture.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from api.jpeg_scans import more_scans_than
from api.limits import MAX_IMAGE_PIXELS
from api.true_colors import in_srgb
from storytailor.errors import PayloadTooLargeError, RequestError, ValidationError

MAX_SIDE = 2048
QUALITY = 92
"""Of the JPEG that is kept: not to be told from the picture by eye, at a tenth of a PNG's size."""
MIN_SIDE = 32
MOST_STRETCHED = 8
"""How many times longer than wide, or wider than long, a picture may be."""
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
NO_PICTURE = "not a whole PNG, JPEG, WebP or AVIF picture"
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
HEIC = "a HEIC picture, as phones take them; save or share it as a JPEG"
TOO_MANY_PIXELS = f"The picture has more than {MAX_IMAGE_PIXELS // 1_000_000} million pixels."
MOST_SCANS = 40
"""Of a progressive JPEG; encoders write some ten. Each is gone through whole, and takes 59 bytes to ask for."""
TOO_MANY_SCANS = "a JPEG that is drawn over and over again; save it anew with any image editor"


def reencode(body: bytes) -> bytes:
    """The picture as a JPEG, upright, in sRGB, at most MAX_SIDE pixels a side, on a ground, without metadata.

    Raises PayloadTooLargeError for too many pixels, ValidationError for what is no picture, or shows nothing.
    """
    if more_scans_than(MOST_SCANS, body):
        raise refused_image(TOO_MANY_SCANS)
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_IMAGE_PIXELS:  # known from its header, nothing decoded yet
                raise PayloadTooLargeError(TOO_MANY_PIXELS)
            _require_sides(picture)
            picture.draft(picture.mode, (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            return _encode(upright)
    except Image.DecompressionBombError as error:  # Pillow's own limit, far beyond ours
        raise PayloadTooLargeError(TOO_MANY_PIXELS) from error
    except RequestError:
        raise
    except Exception as error:  # whatever a decoder breaks with: see above
        raise refused_image(HEIC if body[4:8] == b"ftyp" and body[8:12] in HEIC_BRANDS else NO_PICTURE) from error


def _require_sides(picture: Image.Image) -> None:
    short, long = sorted(picture.size)
    if short < MIN_SIDE:
        raise refused_image(f"{picture.width} × {picture.height} pixels; {MIN_SIDE} a side are the fewest")
    if long > MOST_STRETCHED * short:
        raise refused_image(f"{picture.width} × {picture.height} pixels, too narrow a strip to see somebody in")


def refused_image(what: str) -> ValidationError:
    """What is answered for a picture that is `what`."""
    return ValidationError(f"The image cannot be used: {what}.", [{"where": "body.image", "what": what}])


def _encode(picture: Image.Image) -> bytes:
    """Its pixels only, colors at full resolution: skin beside a bright coat keeps its own."""
    pixels = Image.new("RGB", picture.size)
    pixels.paste(in_srgb(picture))
    jpeg = BytesIO()
    pixels.save(jpeg, "JPEG", quality=QUALITY, subsampling="4:4:4", optimize=True)
    return jpeg.getvalue()
