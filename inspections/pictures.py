"""A picture judged by its content and drawn anew: what is shown was made here and carries nothing of what came."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from inspections.errors import PictureError
from inspections.moments import fault_of

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
MOST_PIXELS = 80_000_000
"""A camera of a telephone makes 50 million, a scan of a container some 20."""
MOST_SIDE = 30_000
SHOWN = (2560, 2560)
THUMB = (400, 300)
_MARKS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_DEEP = ("I;16", "I;16B", "I;16L", "I", "F")
_TURNED = (5, 6, 7, 8)  # orientations that lay a picture on its side (EXIF 2.32, tag 0x0112)


@dataclass(frozen=True, slots=True)
class Picture:
    """Encoded copies; width and height in pixels as the picture came, upright."""

    shown: bytes
    thumb: bytes
    width: int
    height: int
    taken_at: datetime | None


def draw(opened: BinaryIO, zone: tzinfo) -> Picture:
    """Read the whole picture and draw its copies. Times of the camera without a zone are of `zone`.

    Raises PictureError: not a picture, of a kind we do not read, cut short, or too many pixels to unpack.
    """
    _verify(opened)
    opened.seek(0)
    try:
        with _open(opened) as image:
            taken_at, turned = _told_by_camera(image, zone)
            width, height = reversed(image.size) if turned else image.size
            is_drawn = image.format == "PNG"
            if image.format == "JPEG":
                image.draft("RGB", SHOWN)  # unpacks little more than is shown
            plain = _plain(ImageOps.exif_transpose(image))
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, struct.error) as error:
        raise _cut() from error
    plain.thumbnail(SHOWN, Image.Resampling.LANCZOS)
    thumb = _flat(plain)
    thumb.thumbnail(THUMB, Image.Resampling.LANCZOS)
    shown = _encoded(plain, "PNG") if is_drawn else _encoded(_flat(plain), "JPEG")
    return Picture(shown, _encoded(thumb, "JPEG"), width, height, taken_at)


def kind_of(shown: bytes) -> str:
    """The content type of a copy made here, "" for bytes that are none."""
    return next((kind for mark, kind in _MARKS.items() if shown.startswith(mark)), "")


def _open(opened: BinaryIO) -> Image.Image:
    """Raises PictureError for what is no picture or has too many pixels; nothing is unpacked yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below by our own limit
            image = Image.open(opened, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureError(
            "not_a_picture", _("This is no picture that can be read. Send JPEG, PNG, WebP or TIFF.")
        ) from error
    if image.width * image.height > MOST_PIXELS or max(image.size) > MOST_SIDE:
        raise _too_many_pixels()
    return image


def _verify(opened: BinaryIO) -> None:
    """Let the decoder look for faults first. Raises PictureError."""
    opened.seek(0)
    image = _open(opened)
    try:
        image.verify()
    except (OSError, SyntaxError, ValueError) as error:
        raise _cut() from error


def _too_many_pixels() -> PictureError:
    message = _("The picture has more than %(pixels)d million pixels. Send a smaller one.")
    return PictureError("too_many_pixels", message % {"pixels": MOST_PIXELS // 1_000_000})


def _cut() -> PictureError:
    return PictureError("picture_cut", _("The picture is damaged or cut short. Take it or send it again."))


def _told_by_camera(image: Image.Image, zone: tzinfo) -> tuple[datetime | None, bool]:
    """When it was taken, and whether it lies on its side. What a camera tells wrongly is not told."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        turned = exif.get(ExifTags.Base.Orientation) in _TURNED
        said = str(detail.get(ExifTags.Base.DateTimeOriginal) or "").strip("\0 ")
        offset = str(detail.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\0 ")
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return None, False
    try:
        if offset:
            taken_at = datetime.strptime(said + offset, "%Y:%m:%d %H:%M:%S%z")
        else:
            taken_at = datetime.strptime(said, "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None, turned
    return (None if fault_of(taken_at) else taken_at), turned


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, eight bits a channel: no profile, no text, no place where it was taken."""
    if image.mode in _DEEP:  # scanners write sixteen bits; the span they use is what the eye is to see
        deep = image.convert("F")
        low, high = (float(edge) for edge in deep.getextrema())  # type: ignore[arg-type]  # one band, two numbers
        scale = 255 / ((high - low) or 1)
        found = deep.point(lambda value: value * scale - low * scale).convert("L")
    elif image.mode in ("P", "PA", "LA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        found = image.convert("RGBA")
    else:
        found = image.convert("L" if image.mode in ("1", "L") else "RGB")
    found.info = {}
    return found


def _flat(image: Image.Image) -> Image.Image:
    """A copy on white ground, as JPEG needs it."""
    if image.mode != "RGBA":
        return image.copy()
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, optimize=True, **({"quality": 85} if kind == "JPEG" else {}))
    return target.getvalue()
