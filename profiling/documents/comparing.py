"""The papers of consignments read from the database and set beside each other, many at once or one for a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from profiling.cargo.models import Consignment, ConsignmentVersion, GoodsItem, Loading, PartyMention, SealObservation
from profiling.documents.choices import Kind
from profiling.documents.core.differences import Reconciled, Statement, Summary
from profiling.documents.core.plain import NOTHING, NOWHERE, PlainError
from profiling.documents.core.reconcile import reconcile, summarise
from profiling.documents.models import Document
from profiling.formats import records as r

MANIFEST = "manifest"
"""The name of what the current version says among the statements."""
_ORDER: Mapping[str, int] = {kind: place for place, kind in enumerate(Kind.values)}


@dataclass(frozen=True, slots=True)
class Side:
    """A version of a consignment told as a document, and what hangs on it: what a document is held against."""

    version: ConsignmentVersion
    said: r.Document


def has_papers() -> Exists:
    """Of a version in a queryset: whether a document lies beside its consignment."""
    return Exists(Document.objects.current().filter(consignment=OuterRef("consignment")))


def summaries(version_ids: Sequence[int]) -> dict[int, Summary]:
    """By version the disagreement of its consignment's papers; versions without any are left out.

    Six queries however many versions; none without a version, one where no paper is there.
    """
    if not version_ids:
        return {}
    papers = _by_consignment(
        Document.objects.current()
        .filter(consignment__in=ConsignmentVersion.objects.filter(pk__in=version_ids).values("consignment"))
        .only("ref", "kind", "number", "fields", "source", "consignment_id")
    )
    if not papers:
        return {}
    versions = ConsignmentVersion.objects.filter(pk__in=version_ids, consignment__in=papers)
    found = {}
    for side in sides(versions):
        told = papers[side.version.consignment_id]
        unread = [r.DocumentKind(one.kind) for one in told if not one.is_stated]
        found[side.version.pk] = summarise(reconcile(statements(side, told)), unread)
    return found


def papers_of(consignments: Sequence[Consignment], user: Any) -> dict[int, list[Document]]:
    """By consignment the papers beside it as they stand and as a person may see them, oldest first. One query."""
    visible = Document.objects.visible_to(user).current().filter(consignment__in=consignments)
    papers: dict[int, list[Document]] = {one.pk: [] for one in consignments}
    for paper in visible.select_related("file", "submission", "unit").order_by("pk"):
        papers[paper.consignment_id or 0].append(paper)
    return papers


def differences_of(
    consignments: Sequence[Consignment], papers: Mapping[int, Sequence[Document]]
) -> dict[int, Reconciled]:
    """What consignments and their papers say beside each other, by consignment; five queries however many.

    Left out is one beside which nothing stands that states anything.
    """
    stated = [one.current_id for one in consignments if any(paper.is_stated for paper in papers[one.pk])]
    versions = ConsignmentVersion.objects.filter(pk__in=[pk for pk in stated if pk is not None])
    found = sides(versions) if stated else []
    return {
        side.version.consignment_id: reconcile(statements(side, papers[side.version.consignment_id])) for side in found
    }


def statements(side: Side, papers: Iterable[Document]) -> list[Statement]:
    """The manifest, then the documents by kind and age that state something: never what was merely proposed."""
    told = [Statement(MANIFEST, side.said, is_manifest=True)]
    stated = [paper for paper in papers if paper.is_stated]
    for paper in sorted(stated, key=lambda one: (_ORDER.get(one.kind, len(_ORDER)), one.pk)):
        try:
            told.append(Statement(str(paper.ref), paper.said))
        except PlainError:
            continue
    return told


def _by_consignment(papers: QuerySet[Document]) -> dict[int, list[Document]]:
    found: dict[int, list[Document]] = defaultdict(list)
    for paper in papers.order_by("pk"):
        assert paper.consignment_id is not None
        found[paper.consignment_id].append(paper)
    return found


def sides(versions: QuerySet[ConsignmentVersion]) -> list[Side]:
    """Versions told as documents, in five queries however many."""
    told = list(versions.select_related("consignment"))
    pks = [version.pk for version in told]
    items = _rows(GoodsItem.objects.filter(version__in=pks).order_by("line", "pk"))
    mentions = _rows(PartyMention.objects.filter(version__in=pks).order_by("pk"))
    loadings = _rows(
        Loading.objects.filter(version__in=pks).annotate(box=F("visit__number"), kind=F("visit__kind")).order_by("pk")
    )
    seals: dict[int, list[str]] = defaultdict(list)
    visits = {one.visit_id for rows in loadings.values() for one in rows}
    for visit, number in (
        SealObservation.objects.filter(visit__in=visits, event=SealObservation.Event.DECLARED)
        .order_by("pk")
        .values_list("visit", "number")
    ):
        seals[visit].append(number)
    return [
        Side(version, _said(version, items[version.pk], mentions[version.pk], loadings[version.pk], seals))
        for version in told
    ]


def _rows(found: QuerySet[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        grouped[row.version_id].append(row)
    return grouped


def _said(
    version: ConsignmentVersion,
    items: Sequence[GoodsItem],
    mentions: Sequence[PartyMention],
    loadings: Sequence[Any],
    seals: Mapping[int, Sequence[str]],
) -> r.Document:
    return r.Document(
        position=NOWHERE,
        span=NOTHING,
        kind=r.DocumentKind.OTHER,
        number=version.consignment.document_no,
        ucr=version.ucr,
        parties=tuple(
            r.Party(r.PartyRole(one.role), one.name, country=one.country, tax_id=one.tax_id) for one in mentions
        ),
        items=tuple(map(_item, items)),
        loadings=tuple(r.Loading(one.box, one.packages, one.gross_kg) for one in loadings),
        seals=tuple(r.Seal(number) for one in loadings for number in dict.fromkeys(seals.get(one.visit_id, ()))),
        gross_kg=version.gross_kg,
        packages=version.packages,
        volume_m3=version.volume_m3,
        value=version.value,
        currency=version.currency,
        loading_place=_place(version.loading_code, version.loading_name),
        discharge_place=_place(version.discharge_code, version.discharge_name),
        origin_country=version.origin_country,
        destination_country=version.destination_country,
        procedure=version.procedure,
        receipt_place=_place(version.receipt_code, version.receipt_name),
        delivery_place=_place(version.delivery_code, version.delivery_name),
    )


def _item(item: GoodsItem) -> r.Item:
    return r.Item(
        line=item.line,
        description=item.description,
        packages=item.packages,
        commodity=r.Commodity(item.commodity_code, item.commodity_scheme or "HS") if item.commodity_code else None,
        gross_kg=item.gross_kg,
        net_kg=item.net_kg,
        volume_m3=item.volume_m3,
        value=item.value,
        currency=item.currency,
        origin=item.origin,
    )


def _place(code: str, name: str) -> r.Place | None:
    if not code and not name:
        return None
    scheme = "unlocode" if len(code) == 5 and code.isalnum() else ""
    return r.Place(code, name, scheme)
