"""Papers that a sender tells again to replace what it told before: versions of one paper, the newest counts.

A paper is the same where the sender, its kind and its number are. Which message replaces which goes by when they came
and where they stand in their file, never by which was read first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import F

from profiling.cargo.models import Submission
from profiling.documents.choices import MatchedBy, Source
from profiling.documents.models import Document
from profiling.formats import records as r

REPLACING: Final = frozenset({r.Function.REPLACE.value, r.Function.CHANGE.value})
Identity = tuple[str, str]  # kind, number


def hold(submission: Submission, function: r.Function) -> None:
    """One message that replaces papers at a time, and none beside it that tells them first. Until the commit."""
    name = "pg_advisory_xact_lock" if function.value in REPLACING else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name}(hashtextextended(%s, %s))",  # one of two names
            [f"papers/{submission.sender_id}", submission.unit_id],
        )


def identity_of(document: Document) -> Identity | None:
    """By what a paper is known again; without a number by nothing."""
    return (document.kind, document.number) if document.number else None


def told_before(submission: Submission, documents: Iterable[Document]) -> Mapping[Identity, list[Document]]:
    """What messages of this sender have told the unit of these papers, in the order in which they came. One query."""
    wanted = {identity for one in documents if (identity := identity_of(one)) is not None}
    found: dict[Identity, list[Document]] = defaultdict(list)
    if not wanted:
        return found
    rows = Document.objects.of_unit(submission.unit).filter(
        source=Source.MESSAGE,
        submission__sender=submission.sender_id,
        number__in={number for _kind, number in wanted},
    )
    for row in rows.select_related("submission").defer("submission__messages"):
        if (row.kind, row.number) in wanted:
            found[row.kind, row.number].append(row)
    for told in found.values():
        told.sort(key=when)
    return found


def take_as_version(document: Document, told: Sequence[Document], now: datetime) -> list[int]:
    """Save a paper of a message in its place among what was told of it before.

    Returns the consignments that lost a paper by it. One that is replaced already when it comes stands behind what
    replaced it; a person's word on where the paper belongs stands.
    """
    before = [one for one in told if when(one) < when(document)]
    after = [one for one in told if when(one) > when(document) and one.function in REPLACING]
    if after:
        _put_behind(document, after[0], now)
        return []
    if document.function not in REPLACING or not before:
        document.save()
        return []
    last = _newest(before[-1])
    Document.objects.filter(pk=last.pk).update(is_current=False, updated_at=now)
    document.version = last.version + 1
    document.replaces = last
    document.handling = last.handling
    if last.matched_by == MatchedBy.MANUAL or last.matched_by_user_id is not None:
        document.consignment_id = last.consignment_id
        document.matched_by, document.matched_at = last.matched_by, last.matched_at
        document.matched_by_user_id = last.matched_by_user_id
    document.save()
    return [last.consignment_id] if last.consignment_id is not None else []


def _put_behind(document: Document, later: Document, now: datetime) -> None:
    """A paper that a message replaced before it was read: it comes between what it follows and what replaced it."""
    below = later.replaces
    document.is_current = False
    document.version = later.version
    Document.objects.filter(pk=later.pk).update(replaces=None)
    document.replaces = below
    document.save()
    Document.objects.filter(pk=later.pk).update(replaces=document)
    step: int | None = later.pk
    while step is not None:
        Document.objects.filter(pk=step).update(version=F("version") + 1, updated_at=now)
        step = Document.objects.filter(replaces=step).values_list("pk", flat=True).first()


def _newest(document: Document) -> Document:
    while not document.is_current:
        document = document.replaced_by
    return document


def when(document: Document) -> tuple[datetime, int, int]:
    """When it was told: by the push, then by its place in the file."""
    submission = document.submission
    assert submission is not None
    return submission.created_at, submission.pk, document.position or 0
