"""Photographs are judged by content, drawn anew, kept once and never lost."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from inspections import pictures
from inspections.errors import InvalidActError, NotEditableError, PictureError, PictureTooLargeError
from inspections.models import Inspection, Photo
from inspections.photos import add_photo, remove_photo
from inspections.recording import Change, apply_changes
from profiling.cargo import store
from tests import factories
from tests.factories_recording import SEAL, picture, planned


@pytest.fixture
def take(inspection, line, officer):
    """Send bytes as a photograph of the doors."""

    def take(content: bytes = b"", **fields) -> Photo:
        told = {"inspection": inspection, "user": officer, "kind": "doors", "line": line}
        return add_photo(**told | {"pieces": [content or picture()]} | fields)

    return take


def stored(sha256: str) -> bytes:
    with store.get(sha256) as opened:
        return opened.read()


def image_of(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "mode", "shown"),
    [
        ("JPEG", "RGB", "JPEG"),
        ("JPEG", "L", "JPEG"),
        ("JPEG", "CMYK", "JPEG"),
        ("PNG", "RGB", "PNG"),
        ("PNG", "RGBA", "PNG"),
        ("PNG", "P", "PNG"),
        ("PNG", "I;16", "PNG"),
        ("PNG", "1", "PNG"),
        ("TIFF", "I;16", "JPEG"),
        ("TIFF", "F", "JPEG"),
        ("WEBP", "RGBA", "JPEG"),
    ],
)
def test_pictures_of_cameras_and_scanners_are_kept_and_drawn_anew(take, kind, mode, shown):
    content = picture((800, 300), kind, mode)
    photo = take(content)
    assert stored(photo.sha256) == content
    assert (photo.width, photo.height, photo.size) == (800, 300, len(content))
    assert image_of(stored(photo.shown_sha256)).format == shown
    thumb = image_of(stored(photo.thumb_sha256))
    assert (thumb.format, thumb.size) == ("JPEG", (400, 150))


def test_a_scan_of_sixteen_bits_is_still_seen(take):
    image = Image.new("I;16", (64, 64))
    image.putdata([900 + 10 * (n % 64) for n in range(64 * 64)])
    target = io.BytesIO()
    image.save(target, "TIFF")
    shown = image_of(stored(take(target.getvalue()).shown_sha256))
    assert shown.getextrema()[0] < 20
    assert shown.getextrema()[1] > 235


def test_nothing_of_the_camera_is_left_in_what_is_shown_but_its_time_is_told(take):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8769)[0x9003] = "2026:03:02 11:41:07"
    exif.get_ifd(0x8825)[2] = (44.0, 10.0, 3.0)
    content = picture((600, 400), exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE")
    assert b"SECRET-CAMERA" in content
    photo = take(content)
    assert photo.taken_at == datetime(2026, 3, 2, 6, 41, 7, tzinfo=UTC)
    assert (photo.width, photo.height) == (400, 600)
    for sha256 in (photo.shown_sha256, photo.thumb_sha256):
        copy = stored(sha256)
        assert b"SECRET" not in copy
        assert not image_of(copy).getexif()
        assert image_of(copy).width < image_of(copy).height


def test_text_in_a_png_is_not_shown_either(take):
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", "SECRET")
    photo = take(picture(kind="PNG", pnginfo=told, icc_profile=b"SECRET"))
    assert b"SECRET" not in stored(photo.shown_sha256)


def test_a_large_picture_is_shown_smaller(take):
    photo = take(picture((5000, 2500)))
    assert (photo.width, photo.height) == (5000, 2500)
    assert image_of(stored(photo.shown_sha256)).size == (2560, 1280)


def png_of(width: int, height: int) -> bytes:
    """A PNG whose few bytes say that it unpacks to width by height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\0", "not_a_picture"),
        (b"%PDF-1.7 and so on", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"GIF89a" + bytes(200), "not_a_picture"),
        (b"\xff\xd8\xff\xe0" + bytes(400), "not_a_picture"),
        (picture()[:-400], "picture_cut"),
        (picture(kind="PNG")[:-60], "picture_cut"),
        (png_of(9000, 9000), "too_many_pixels"),
        (png_of(60_000, 60_000), "too_many_pixels"),
        (png_of(40_000, 10), "too_many_pixels"),
        (png_of(2000, 2000), "picture_cut"),
    ],
)
def test_what_is_no_picture_or_a_bomb_is_refused_and_nothing_else_is_lost(take, line, officer, content, code):
    apply_changes(
        inspection=line.inspection, user=officer, changes=[Change("findings", "Kept", "", line=str(line.ref))]
    )
    with pytest.raises(PictureError) as refused:
        take(content)
    assert refused.value.code == code
    assert refused.value.message
    assert not Photo.objects.exists()
    line.refresh_from_db()
    assert line.findings == "Kept"


def test_more_than_the_limit_is_read_no_further(take, settings):
    settings.MAX_PHOTO = 1000
    read = []

    def endless():
        while True:
            read.append(1)
            yield bytes(300)

    with pytest.raises(PictureTooLargeError):
        take(pieces=endless())
    assert len(read) == 4


def test_sent_again_after_a_lost_answer_it_is_one_photograph(take):
    upload_id = uuid4()
    first = take(upload_id=upload_id)
    assert take(b"whatever", upload_id=upload_id) == first
    assert Photo.objects.count() == 1


def test_a_photograph_belongs_to_a_seal_of_its_line_and_to_the_line_where_there_is_none(take, line, officer):
    ref = uuid4()
    assert take(kind="seal", seal_ref=ref).seal is None
    change = Change(f"seals.{ref}", SEAL, None, line=str(line.ref))
    apply_changes(inspection=line.inspection, user=officer, changes=[change])
    assert take(kind="seal", seal_ref=ref).seal.ref == ref


def test_the_first_photograph_begins_the_examination(take, inspection):
    take()
    inspection.refresh_from_db()
    assert inspection.state == "under_way"


def test_what_is_taken_out_is_marked_and_its_bytes_stay(take, officer):
    photo = take()
    removed = remove_photo(photo=photo, user=officer)
    assert removed.removed_at is not None
    assert remove_photo(photo=photo, user=officer).removed_at == removed.removed_at
    assert stored(photo.sha256)


def test_a_wrong_kind_or_a_line_of_another_act_is_refused(take, altynkol, officer):
    other = planned(factories.case_in(altynkol), officer).lines.get()
    with pytest.raises(InvalidActError) as refused:
        take(kind="selfie", line=other, caption="x" * 241)
    assert refused.value.errors.keys() == {"kind", "line", "caption"}


def test_who_may_not_examine_adds_and_takes_out_nothing(take, analyst, outsider):
    photo = take()
    for user in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            take(user=user)
        with pytest.raises(PermissionDenied):
            remove_photo(photo=photo, user=user)


def test_a_submitted_act_takes_no_more_photographs(take, inspection, officer):
    photo = take()
    Inspection.objects.update(state="submitted")
    inspection.refresh_from_db()
    with pytest.raises(NotEditableError):
        take()
    with pytest.raises(NotEditableError):
        remove_photo(photo=photo, user=officer)


def test_the_type_of_a_copy_is_known_from_its_bytes():
    assert pictures.kind_of(picture(kind="PNG")) == "image/png"
    assert pictures.kind_of(picture()) == "image/jpeg"
