"""Indicators about documents set beside a consignment: how they disagree with what the message says, and each other.

Missing, never zero, where no document is there or the field cannot be compared (`profiling.documents.core.reconcile`).
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import DocumentKind
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import Past

_NO_PAPER = _("No document is set beside it, or none that says this.")
_NO_PAPERS = _("No document is set beside it.")
_DISAGREE = "Indicators, Weight and value: documents disagree"


@indicator(
    label=_("Documents set beside it"),
    group=Group.DOCUMENTS,
    type=ValueType.INTEGER,
    missing=_NO_PAPERS,
    source=_DISAGREE,
    needs=("papers.documents",),
)
def documents_count(subject: SubjectFacts, past: Past) -> int | None:
    return subject.papers.documents if subject.papers else None


@indicator(
    label=_("Fields in which its documents disagree"),
    group=Group.DOCUMENTS,
    type=ValueType.INTEGER,
    missing=_NO_PAPER,
    source=_DISAGREE,
    needs=("papers.disagree",),
)
def documents_disagree_count(subject: SubjectFacts, past: Past) -> int | None:
    return subject.papers.disagree if subject.papers else None


@indicator(
    label=_("Gross weight in its documents differs by up to"),
    group=Group.DOCUMENTS,
    type=ValueType.NUMBER,
    unit="%",
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (weight)",
    needs=("papers.weight_percent",),
)
def documents_weight_difference_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    return subject.papers.weight_percent if subject.papers else None


@indicator(
    label=_("Value in its documents differs, in the same currency, by up to"),
    group=Group.DOCUMENTS,
    type=ValueType.NUMBER,
    unit="%",
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (value)",
    needs=("papers.value_percent",),
)
def documents_value_difference_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    return subject.papers.value_percent if subject.papers else None


@indicator(
    label=_("Documents give another number of packages"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (packages)",
    needs=("papers.packages_differ",),
)
def documents_packages_differ(subject: SubjectFacts, past: Past) -> bool | None:
    return subject.papers.packages_differ if subject.papers else None


@indicator(
    label=_("Documents name another shipper, consignee or notify party"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPER,
    source="Indicators, Parties: buyer swapped between documents",
    needs=("papers.party_differs",),
)
def documents_party_differs(subject: SubjectFacts, past: Past) -> bool | None:
    return subject.papers.party_differs if subject.papers else None


@indicator(
    label=_("Documents name other containers"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (container)",
    needs=("papers.container_differs",),
)
def documents_container_differs(subject: SubjectFacts, past: Past) -> bool | None:
    return subject.papers.container_differs if subject.papers else None


@indicator(
    label=_("Documents name other seals"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (seal)",
    needs=("papers.seal_differs",),
)
def documents_seal_differs(subject: SubjectFacts, past: Past) -> bool | None:
    return subject.papers.seal_differs if subject.papers else None


@indicator(
    label=_("Documents give another commodity code"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (HS)",
    needs=("papers.hs_differs",),
)
def documents_hs_differs(subject: SubjectFacts, past: Past) -> bool | None:
    return subject.papers.hs_differs if subject.papers else None


@indicator(
    label=_("Documents give another country of origin"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPER,
    source=f"{_DISAGREE} (origin)",
    needs=("papers.origin_differs",),
)
def documents_origin_differs(subject: SubjectFacts, past: Past) -> bool | None:
    return subject.papers.origin_differs if subject.papers else None


@indicator(
    label=_("The weighbridge found more than declared, or less if below zero, by"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("No weighbridge ticket with gross and tare is set beside it, or nothing was declared."),
    source="Indicators, Weight and value: weighbridge or crane weight differs (> 5 % or 500 kg)",
    needs=("papers.weighbridge_kg",),
)
def weighbridge_difference_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    return subject.papers.weighbridge_kg if subject.papers else None


def _lacks(subject: SubjectFacts, kind: DocumentKind) -> bool | None:
    """Whether other papers are there and this one is not."""
    return kind not in subject.papers.kinds if subject.papers else None


@indicator(
    label=_("Papers were set beside it, and no invoice"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPERS,
    source="Indicators, Weight and value: missing mandatory fields",
    needs=("papers.kinds",),
)
def invoice_missing(subject: SubjectFacts, past: Past) -> bool | None:
    return _lacks(subject, DocumentKind.INVOICE)


@indicator(
    label=_("Papers were set beside it, and no packing list"),
    group=Group.DOCUMENTS,
    type=ValueType.BOOLEAN,
    missing=_NO_PAPERS,
    source="Indicators, Weight and value: missing mandatory fields",
    needs=("papers.kinds",),
)
def packing_list_missing(subject: SubjectFacts, past: Past) -> bool | None:
    return _lacks(subject, DocumentKind.PACKING_LIST)
