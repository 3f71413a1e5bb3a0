"""Intake: take a push, and try a failed one again. What happens to it is in `reading`, `chunks` and `finishing`."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from pcu.desk import jobs
from profiling.cargo import store
from profiling.cargo.models import Submission
from profiling.intake.errors import (
    EmptyUpload,
    IdempotencyConflict,
    IdempotencyKeyTooLong,
    NotRetryable,
    UploadTooLarge,
)
from profiling.intake.kinds import READ

KEY_LENGTH = 200


def receive(
    *,
    sender: User,
    unit: Unit,
    pieces: Iterable[bytes],
    file_name: str = "",
    idempotency_key: str | None = None,
    atomic: bool = False,
    dry_run: bool = False,
    history: bool = False,
) -> Submission:
    """Store the bytes, then the submission, and enqueue its reading. A repeated push answers the first again.

    `history` says that the cargo came long ago: it is kept to compare with, neither scored nor made a case. Only
    those who run the installation may say so, never a sender: it would be a way past the rules.

    Raises PermissionDenied, EmptyUpload, UploadTooLarge, IdempotencyConflict or IdempotencyKeyTooLong.
    """
    sender.scope.require(Capability.LOAD_HISTORY if history else Capability.PUSH, unit.pk)
    if idempotency_key and len(idempotency_key) > KEY_LENGTH:
        raise IdempotencyKeyTooLong
    try:
        stored = store.put(pieces, limit=settings.MAX_UPLOAD)
    except store.TooLargeError as error:
        raise UploadTooLarge(settings.MAX_UPLOAD) from error
    if not stored.size:
        raise EmptyUpload
    asked = {"unit": unit, "sha256": stored.sha256, "atomic": atomic, "dry_run": dry_run, "is_history": history}
    way = f"{atomic:d}{dry_run:d}{history:d}"
    key = f"key:{idempotency_key}" if idempotency_key else f"sha256:{stored.sha256}:{unit.code}:{way}"
    with transaction.atomic():
        submission, created = Submission.objects.get_or_create(
            sender=sender,
            idempotency_key=key,
            defaults={**asked, "size": stored.size, "file_name": file_name[:255]},
        )
        if created:
            jobs.add(unit=unit, subject=submission.ref, planned=[jobs.Planned(READ, 0, 0, {})])
    if any(getattr(submission, name) != value for name, value in asked.items()):
        raise IdempotencyConflict
    submission.was_known = not created
    return submission


def retry(*, submission: Submission, actor: User) -> None:
    """Try again what failed on our side. Raises PermissionDenied or NotRetryable."""
    actor.scope.require(Capability.RETRY, submission.unit_id)
    with transaction.atomic():
        changed = Submission.objects.filter(pk=submission.pk, status=Submission.Status.FAILED).update(
            status=Submission.Status.READING, failure="", finished_at=None, updated_at=timezone.now()
        )
        if not changed or not jobs.retry_failed(submission.ref):
            raise NotRetryable
