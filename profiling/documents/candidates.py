"""The consignments that documents could belong to, found by the numbers they name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Window
from django.db.models.functions import RowNumber

from pcu.accounts.models import Unit
from pcu.sql import fetch
from profiling.cargo.choices import Function
from profiling.cargo.models import CargoDocument, Consignment, ConsignmentVersion, Loading
from profiling.documents.core.matching import Asked, Known, numbers_and_containers, plain_kind
from profiling.documents.models import Document
from profiling.formats.records import DocumentType
from profiling.parties.core.identity import plain_code

MOST = 2000
"""Consignments looked at for one chunk of documents, newest first."""
SENT_WITH = 10
"""Consignments of a push that are offered to a document which came with it, however many it brought."""
_NOT_ASCII = re.compile(r"[^0-9A-Z]")

# The function and its indexes are of migrations/0002. It finds more than `plain_code` would, never less: letters
# beyond ASCII are left out on both sides, and the rules of `core.matching` look at the whole number.
_FOUND = """
SELECT DISTINCT f.id FROM (
  SELECT c.id FROM cargo_consignment c
  WHERE c.unit_id = %(unit)s AND documents_number_key(c.document_no) = ANY(%(numbers)s)
  UNION ALL
  SELECT c.id FROM cargo_consignment c
  WHERE c.unit_id = %(unit)s AND c.master_no > '' AND documents_number_key(c.master_no) = ANY(%(numbers)s)
  UNION ALL
  SELECT v.consignment_id FROM cargo_consignmentversion v JOIN cargo_consignment c ON c.current_id = v.id
  WHERE v.ucr > '' AND documents_number_key(v.ucr) = ANY(%(numbers)s) AND c.unit_id = %(unit)s
  UNION ALL
  SELECT v.consignment_id FROM cargo_cargodocument d
  JOIN cargo_consignmentversion v ON v.id = d.version_id JOIN cargo_consignment c ON c.current_id = v.id
  WHERE documents_number_key(d.number) = ANY(%(numbers)s) AND c.unit_id = %(unit)s
  UNION ALL
  SELECT v.consignment_id FROM cargo_equipmentvisit w
  JOIN cargo_loading l ON l.visit_id = w.id
  JOIN cargo_consignmentversion v ON v.id = l.version_id JOIN cargo_consignment c ON c.current_id = v.id
  WHERE w.unit_id = %(unit)s AND w.number = ANY(%(containers)s)
) f ORDER BY f.id DESC LIMIT %(most)s
"""


def found_for(unit: Unit, all_asked: Sequence[Asked]) -> list[Known]:
    """Consignments of the unit that any of these documents could belong to. Four queries at most.

    Where there are more than MOST, few documents are asked for at a time: of two that fit one left out would make the
    other the only one.
    """
    numbers, containers = numbers_and_containers(all_asked)
    keys = sorted({key for number in numbers if (key := _NOT_ASCII.sub("", number))})
    if not keys and not containers:
        return []
    said = {"unit": unit.pk, "numbers": keys, "containers": containers, "most": MOST}
    ids = [pk for (pk,) in fetch(_FOUND, said)]
    if len(ids) < MOST or len(all_asked) == 1:
        return known_of(unit, ids)
    half = len(all_asked) // 2
    parts = (found_for(unit, all_asked[:half]), found_for(unit, all_asked[half:]))
    return list({one.consignment: one for part in parts for one in part}.values())


def sent_with(documents: Sequence[Document], consignment_ids: Iterable[int]) -> dict[int, list[int]]:
    """By submission the consignments of the push that some files came with: those asked for, then its first ones.

    None for documents that a message itself brought. Two queries; none where no file came with a push.
    """
    pushes = {one.submission_id for one in documents if one.submission_id and one.file_id}
    if not pushes:
        return {}
    brought = ConsignmentVersion.objects.filter(submission__in=pushes).order_by()
    asked = brought.filter(consignment__in=list(consignment_ids)).values_list("submission", "consignment")
    place = Window(RowNumber(), partition_by="submission", order_by="pk")
    first = brought.annotate(place=place).filter(place__lte=SENT_WITH).values_list("submission", "consignment")
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for push, consignment in (*asked, *first):
        found[push][consignment] = None
    return {push: list(each) for push, each in found.items()}


def known_of(unit: Unit, consignment_ids: Iterable[int]) -> list[Known]:
    """These consignments of the unit as documents may be matched with them; withdrawn ones are left out."""
    ids = list(consignment_ids)
    if not ids:
        return []
    rows = list(
        Consignment.objects.of_unit(unit)
        .filter(pk__in=ids)
        .exclude(current=None)
        .exclude(current__function=Function.CANCEL)
        .values_list(
            *("pk", "document_no", "document_type", "master_no", "current_id", "current__ucr", "call__eta"),
            "created_at",
            named=True,
        )
    )
    versions = [row.current_id for row in rows]
    boxes: dict[int, set[str]] = defaultdict(set)
    for version, number in Loading.objects.filter(version__in=versions).values_list("version", "visit__number"):
        boxes[version].add(number)
    named: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for version, kind, number in CargoDocument.objects.filter(version__in=versions).values_list(
        "version", "kind", "number"
    ):
        if plain := plain_code(number):
            named[version].add((plain_kind(kind), plain))
    return [
        Known(
            consignment=row.pk,
            document_no=plain_code(row.document_no),
            document_type=DocumentType(row.document_type),
            master_no=plain_code(row.master_no),
            ucr=plain_code(row.current__ucr),
            containers=frozenset(boxes[row.current_id]),
            references=frozenset(named[row.current_id]),
            at=row.call__eta or row.created_at,
        )
        for row in rows
    ]
