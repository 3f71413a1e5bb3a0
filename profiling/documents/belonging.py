"""Which consignment a document belongs to, by `core.matching`: when it comes, and when cargo comes after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.desk import jobs
from pcu.ids import uuid7
from profiling.documents import kinds
from profiling.documents.candidates import found_for, known_of
from profiling.documents.core import matching
from profiling.documents.models import Document
from profiling.formats import records as r

WAITING_AT_ONCE = 5000
"""Unmatched documents held and tried at once, newest first."""
COME_AT_ONCE = 2000
"""Consignments of a manifest held against them at once."""


@transaction.atomic
def match_waiting(*, unit: Unit, consignment_ids: Sequence[int]) -> int:
    """Try unmatched documents of a unit again, now that these consignments have come. Returns how many found theirs.

    Those that name a number or a container of the consignments are found by an index, so none is too old to be tried.
    One query where nothing waits. Called by hand with no consignments it tries all that wait, however many there are.
    """
    waiting = _waiting(unit)
    if not waiting.exists():
        return 0
    _note_asked(waiting)
    if not consignment_ids:
        return sum(match(unit, _still_waiting(batch), timezone.now()) for batch in _batches(waiting))
    matched = 0
    for start in range(0, len(consignment_ids), COME_AT_ONCE):
        come = matching.Cargo(known_of(unit, consignment_ids[start : start + COME_AT_ONCE]))
        for batch in _batches(waiting.filter(asked__overlap=come.names)):
            named = [one for one in batch if come.match(asked_of(one)).candidates]
            matched += match(unit, _still_waiting(named), timezone.now()) if named else 0
    return matched


def _waiting(unit: Unit) -> QuerySet[Document]:
    """Unmatched documents that nobody has taken away from where they were, newest first."""
    found = Document.objects.of_unit(unit).unmatched().filter(matched_by_user=None)
    return found.select_related("unit").order_by("-pk")


def _batches(waiting: QuerySet[Document]) -> Iterator[list[Document]]:
    batch = list(waiting[:WAITING_AT_ONCE])
    while batch:
        yield batch
        batch = list(waiting.filter(pk__lt=batch[-1].pk)[:WAITING_AT_ONCE]) if len(batch) == WAITING_AT_ONCE else []


def _note_asked(waiting: QuerySet[Document]) -> None:
    """Note by what documents are found that came before this was noted with each. One query where there are none."""
    for batch in _batches(waiting.filter(asked=None)):
        for document in batch:
            note_asked(document)
        Document.objects.bulk_update(batch, ["asked"], batch_size=500)


def note_asked(document: Document) -> Document:
    """By what its consignment is found, noted with a document before it is saved."""
    document.asked = sorted(asked_of(document).names)
    return document


def _still_waiting(documents: Sequence[Document]) -> list[Document]:
    """Those that nobody has set beside anything meanwhile, held: a person's word is not overwritten by a rule."""
    free = Document.objects.unmatched().filter(pk__in=[one.pk for one in documents], matched_by_user=None)
    held = set(free.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return [one for one in documents if one.pk in held]


def asked_of(document: Document) -> matching.Asked:
    """What a document says of where it belongs; of a bare file nothing: proposals match nothing by themselves."""
    if not document.is_stated:
        return matching.Asked(r.DocumentKind(document.kind), at=document.created_at)
    asked = matching.asked_of(document.said, document.created_at)
    if document.issued is None:
        return asked
    noon = datetime.combine(document.issued, datetime.min.time(), document.unit.zone)
    return replace(asked, at=noon)


def match(unit: Unit, documents: Sequence[Document], now: datetime) -> int:
    """Set documents beside the consignments that the rules find. Returns how many."""
    asked = {one.pk: asked_of(one) for one in documents}
    known = matching.Cargo(found_for(unit, list(asked.values())))
    matched = []
    for document in documents:
        found = known.match(asked[document.pk]).match
        if found is None:
            continue
        document.consignment_id = found.consignment
        document.matched_by = found.rule.value
        document.matched_at = document.updated_at = now
        matched.append(document)
    Document.objects.bulk_update(matched, ["consignment", "matched_by", "matched_at", "updated_at"], batch_size=500)
    reassess(unit, [document.consignment_id for document in matched if document.consignment_id is not None])
    return len(matched)


def reassess(unit: Unit, consignment_ids: Sequence[int]) -> None:
    """Score consignments anew after the commit, for their documents have changed; no more in a job than in a chunk."""
    changed = sorted(set(consignment_ids))
    parts = [changed[start : start + settings.CHUNK_BILLS] for start in range(0, len(changed), settings.CHUNK_BILLS)]
    planned = [jobs.Planned(kinds.REASSESS, 0, number, {"consignments": part}) for number, part in enumerate(parts)]
    if planned:
        jobs.add(unit=unit, subject=uuid7(), planned=planned)
