"""Indicators about the document and the record itself: what is absent, what was changed, what has no bill."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import DocumentType, PartyRole
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.definitions.weights import gap_percent
from profiling.indicators.facts import SubjectFacts, SubjectKind
from profiling.indicators.history import Past
from profiling.indicators.text import normalise

_NO_VERSION = _("It is the first version, or one of the two does not say.")


@indicator(
    label=_("Type of transport document"),
    group=Group.DOCUMENTS,
    type=ValueType.CODE,
    choices=tuple(DocumentType),
    missing=_("A visit without a bill has no document."),
    source="Indicators, Goods: tobacco under TIR",
    needs=("document_type",),
)
def document_type(subject: SubjectFacts, past: Past) -> str | None:
    return subject.document_type


@indicator(
    label=_("Missing fields a document should have"),
    group=Group.DOCUMENTS,
    type=ValueType.INTEGER,
    missing=_("A visit without a bill has no document."),
    source="Indicators, Weight and value: missing mandatory fields (count)",
    needs=(
        *("parties.shipper.name", "parties.consignee.name", "items.description", "gross_kg", "packages"),
        *("loading_place", "discharge_place", "destination_country"),
    ),
)
def missing_fields_count(subject: SubjectFacts, past: Past) -> int | None:
    if not subject.is_consignment:
        return None
    shipper, consignee = subject.party(PartyRole.SHIPPER), subject.party(PartyRole.CONSIGNEE)
    present = (
        shipper is not None and bool(normalise(shipper.name)),
        consignee is not None and bool(normalise(consignee.name)),
        bool(subject.items) and all(normalise(item.description) for item in subject.items),
        subject.gross_kg is not None and subject.gross_kg > 0,
        subject.packages is not None and subject.packages > 0,
        bool(subject.loading_place or subject.receipt_place),
        bool(subject.discharge_place or subject.delivery_place),
        bool(subject.destination_country),
    )
    return present.count(False)


@indicator(
    label=_("Amendments of the document so far"),
    group=Group.DOCUMENTS,
    type=ValueType.INTEGER,
    missing=_("A visit without a bill has no document."),
    source="Indicators, Route and time: number of amendments",
    needs=("prior_versions",),
)
def amendments_count(subject: SubjectFacts, past: Past) -> int | None:
    return subject.prior_versions if subject.is_consignment else None


@indicator(
    label=_("Gross weight changed against the version before by"),
    group=Group.DOCUMENTS,
    type=ValueType.NUMBER,
    unit="%",
    missing=_NO_VERSION,
    source="Indicators, Weight and value: documents disagree (weight)",
    needs=("gross_kg", "past.previous.gross_kg"),
)
def weight_changed_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    return gap_percent(subject.gross_kg, past.previous.gross_kg) if past.previous else None


@indicator(
    label=_("Packages changed against the version before by"),
    group=Group.DOCUMENTS,
    type=ValueType.INTEGER,
    missing=_NO_VERSION,
    source="Indicators, Weight and value: documents disagree (packages)",
    needs=("packages", "past.previous.packages"),
)
def packages_changed(subject: SubjectFacts, past: Past) -> int | None:
    if past.previous is None or past.previous.packages is None or subject.packages is None:
        return None
    return abs(subject.packages - past.previous.packages)


@indicator(
    label=_("Consignee changed against the version before"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_VERSION,
    source="Indicators, Parties: buyer swapped between documents",
    needs=("parties.consignee.party_id", "past.previous.consignee_id"),
)
def consignee_changed(subject: SubjectFacts, past: Past) -> bool | None:
    consignee = subject.party(PartyRole.CONSIGNEE)
    before = past.previous.consignee_id if past.previous else None
    if consignee is None or consignee.party_id is None or before is None:
        return None
    return consignee.party_id != before


@indicator(
    label=_("Destination or place of discharge changed against the version before"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_VERSION,
    source="Indicators, Route and time: route or destination changed late",
    needs=("destination_country", "discharge_place", "past.previous"),
)
def destination_changed(subject: SubjectFacts, past: Past) -> bool | None:
    if past.previous is None:
        return None
    pairs = (
        (subject.destination_country, past.previous.destination_country),
        (subject.discharge_place, past.previous.discharge_place),
    )
    known = [now != before for now, before in pairs if now and before]
    return any(known) if known else None


@indicator(
    label=_("Equipment that no document names"),
    group=Group.META,
    type=ValueType.BOOLEAN,
    missing=_("Never missing."),
    source="Records: empties and laden units without a bill are scored too",
    needs=("kind",),
)
def unbilled_visit(subject: SubjectFacts, past: Past) -> bool:
    return subject.kind == SubjectKind.VISIT


@indicator(
    label=_("Months of records the unit keeps"),
    group=Group.META,
    type=ValueType.INTEGER,
    missing=_("The unit has no records before this one."),
    source="Data: history indicators are missing until the unit's history covers their window",
    needs=("past.history_start",),
)
def history_months(subject: SubjectFacts, past: Past) -> int | None:
    if past.history_start is None or past.history_start > past.moment:
        return None
    start, moment = past.history_start, past.moment
    months = (moment.year - start.year) * 12 + moment.month - start.month
    return months - (not past.covers(months))
