"""Photographs and scan images of an act: taken in safely, shown as copies, taken out without losing the bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import acts, pictures, planning
from inspections.choices import PhotoKind, State
from inspections.errors import InvalidActError, PictureTooLargeError
from inspections.models import Inspection, InspectionLine, Photo, SealRecord
from pcu.accounts.models import User
from profiling.cargo import store


def add_photo(
    *,
    inspection: Inspection,
    user: User,
    pieces: Iterable[bytes],
    kind: PhotoKind | str,
    line: InspectionLine | None = None,
    seal_ref: UUID | None = None,
    caption: str = "",
    upload_id: UUID | None = None,
) -> Photo:
    """Keep a picture as it came and as it will be shown. The same `upload_id` again is the same photograph.

    The bytes are read and judged before any row is locked: a slow line must not hold a case. A seal that is not (or no
    longer) in the act leaves the photograph with the line. Raises PictureTooLargeError, PictureError, InvalidActError,
    NotEditableError, PermissionDenied.
    """
    upload_id = upload_id or uuid4()
    if known := inspection.photos.filter(upload_id=upload_id).first():
        return _as_photo(known)
    acts.require_editable(inspection, user)
    _check(inspection, kind, line, caption)
    limit = settings.MAX_PHOTO
    try:
        stored = store.put(pieces, limit=limit)
    except store.TooLargeError as error:
        raise PictureTooLargeError(limit) from error
    with store.get(stored.sha256) as opened:
        picture = pictures.draw(opened, inspection.unit.zone)
    shown = store.put([picture.shown], limit=len(picture.shown))
    thumb = store.put([picture.thumb], limit=len(picture.thumb))
    with transaction.atomic():
        current = acts.locked(inspection)
        if known := current.photos.filter(upload_id=upload_id).first():
            return _as_photo(known)
        acts.require_editable(current, user)
        now = timezone.now()
        photo = Photo.objects.create(
            inspection=current,
            line=line,
            seal=SealRecord.objects.filter(line=line, ref=seal_ref).first() if seal_ref else None,
            kind=kind,
            caption=caption.strip(),
            sha256=stored.sha256,
            shown_sha256=shown.sha256,
            thumb_sha256=thumb.sha256,
            upload_id=upload_id,
            size=stored.size,
            width=picture.width,
            height=picture.height,
            taken_at=picture.taken_at,
            uploaded_by=user,
            uploaded_at=now,
        )
        if current.state == State.PLANNED:
            planning.begin(current, user=user, at=now)
        acts.touch(current, at=now)
    return photo


@transaction.atomic
def remove_photo(*, photo: Photo, user: User) -> Photo:
    """Take it out of the act; twice is no error, and the bytes stay. Raises NotEditableError, PermissionDenied."""
    inspection = acts.locked(photo.inspection)
    fresh: Photo = Photo.objects.select_for_update().get(pk=photo.pk)
    if fresh.removed_at is None:
        acts.require_editable(inspection, user)
        fresh.removed_at = timezone.now()
        fresh.save(update_fields=["removed_at"])
        acts.touch(inspection, at=fresh.removed_at)
    return fresh


def _check(inspection: Inspection, kind: str, line: InspectionLine | None, caption: str) -> None:
    """Raises InvalidActError; nothing was read yet."""
    errors = {}
    if kind not in PhotoKind.values:
        errors["kind"] = _("Choose what the photograph shows.")
    if line is not None and line.inspection_id != inspection.pk:
        errors["line"] = _("The act has no such line.")
    if len(caption) > 240:
        errors["caption"] = _("At most %(most)d characters.") % {"most": 240}
    if errors:
        raise InvalidActError(errors)


def _as_photo(row: Any) -> Photo:
    found: Photo = row
    return found
