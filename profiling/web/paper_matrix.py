"""Documents side by side as the page shows them: one row a field, one column a statement, differences in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk.templatetags.desk import MINUS, container_number, quantity
from profiling.cargo.models import Consignment
from profiling.documents.comparing import MANIFEST, differences_of, papers_of
from profiling.documents.core.differences import Cell, Difference, Field, Kind, Reconciled, Row, Severity, Verdict
from profiling.documents.models import Document

FIELDS: Mapping[Field, Any] = {
    Field.SHIPPER: gettext_lazy("Shipper"),
    Field.CONSIGNEE: gettext_lazy("Consignee"),
    Field.NOTIFY: gettext_lazy("Notify party"),
    Field.GOODS: gettext_lazy("Goods"),
    Field.HS: gettext_lazy("Commodity code"),
    Field.PACKAGES: gettext_lazy("Packages"),
    Field.GROSS_KG: gettext_lazy("Gross, kg"),
    Field.NET_KG: gettext_lazy("Net, kg"),
    Field.WEIGHED_KG: gettext_lazy("Weighed, gross less tare, kg"),
    Field.VOLUME_M3: gettext_lazy("Volume, m³"),
    Field.VALUE: gettext_lazy("Value"),
    Field.CONTAINERS: gettext_lazy("Containers"),
    Field.SEALS: gettext_lazy("Seals"),
    Field.ORIGIN: gettext_lazy("Country of origin"),
    Field.DESTINATION: gettext_lazy("Country of destination"),
    Field.LOADING: gettext_lazy("Place of loading"),
    Field.DISCHARGE: gettext_lazy("Place of discharge"),
    Field.RECEIPT: gettext_lazy("Place of receipt"),
    Field.DELIVERY: gettext_lazy("Place of delivery"),
}
_CODES = frozenset({Field.HS, Field.SEALS, Field.CONTAINERS})
SHOWN_ATOMS = 8


@dataclass(frozen=True, slots=True)
class ShownCell:
    """head: the column it stands in. values: the texts one below another. more: how many are left out. css: its class.

    told: its differences, or why it was not compared; with each whether it is a mere note.
    """

    head: str
    values: Sequence[str]
    more: int
    css: str
    told: Sequence[tuple[str, bool]]
    is_code: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    label: str
    cells: Sequence[ShownCell]
    differs: bool


@dataclass(frozen=True, slots=True)
class Column:
    head: str
    sub: str
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """The papers of one consignment: the list, and the matrix where anything is compared."""

    consignment: Consignment
    papers: Sequence[Document]
    columns: Sequence[Column]
    rows: Sequence[ShownRow]
    differing: int
    may_add: bool


def read_sheets(consignments: Sequence[Consignment], user: Any) -> list[PaperSheet]:
    """The papers of some consignments as a person may see them, in six queries however many."""
    papers = papers_of(consignments, user)
    found = differences_of(consignments, papers)
    return [_sheet(one, papers[one.pk], found.get(one.pk), user) for one in consignments]


def _sheet(consignment: Consignment, papers: Sequence[Document], found: Reconciled | None, user: Any) -> PaperSheet:
    may_add = scope_of(user).allows(Capability.PUSH, consignment.unit_id)
    if found is None:
        return PaperSheet(consignment, papers, (), (), 0, may_add)
    by_ref = {str(paper.ref): paper for paper in papers}
    columns = [_column(one.source, consignment, by_ref) for one in found.statements]
    return PaperSheet(consignment, papers, columns, shown_rows(found, columns), found.differing, may_add)


def _column(source: str, consignment: Consignment, by_ref: Mapping[str, Document]) -> Column:
    if source == MANIFEST:
        return Column(_("Manifest"), consignment.document_no)
    paper = by_ref[source]
    return Column(str(paper.get_kind_display()), paper.number, paper)


def shown_rows(found: Reconciled, columns: Sequence[Column]) -> list[ShownRow]:
    heads = {one.source: column.head for one, column in zip(found.statements, columns, strict=True)}
    return [
        ShownRow(str(FIELDS[row.field]), [_cell(row, cell, heads[cell.source]) for cell in row.cells], row.differs)
        for row in found.rows
    ]


_CSS = {
    Verdict.DIFFERS: "diff",
    Verdict.SAME: "same",
    Verdict.SILENT: "none",
    Verdict.MISSING: "none",
    Verdict.UNSURE: "unsure",
}


def _cell(row: Row, cell: Cell, head: str) -> ShownCell:
    values = [value(row.field, cell.atoms)] if row.field is Field.VALUE and cell.atoms else _values(row.field, cell)
    told = [(words, one.severity is Severity.NOTE) for one in cell.differences if (words := difference(one))]
    if cell.verdict is Verdict.UNSURE:
        told = [(_unsure(row.field), True)]
    if cell.verdict is Verdict.MISSING:
        values = [_("not given, and expected")]
        told = []
    return ShownCell(
        head=head,
        values=values[:SHOWN_ATOMS],
        more=max(0, len(values) - SHOWN_ATOMS),
        css=_CSS.get(cell.verdict, ""),
        told=told,
        is_code=row.field in _CODES,
    )


def _values(field: Field, cell: Cell) -> list[str]:
    if field is Field.CONTAINERS:
        return [container_number(str(one)) for one in cell.atoms]
    return [quantity(one) if isinstance(one, int | Decimal) else str(one) for one in cell.atoms]


def value(_field: Field, atoms: Sequence[Any]) -> str:
    """An amount with its currency before it."""
    return " ".join(part for part in (str(atoms[1]) if len(atoms) > 1 else "", quantity(atoms[0])) if part)


def difference(one: Difference) -> str:
    """One difference in words: "24 fewer, −5.8 %", "only here: CSQU 305438 3". Empty where the cell says it all."""
    number = container_number(one.where) if one.field is Field.CONTAINERS else one.where
    if one.kind is Kind.EXTRA:
        return _("only here: %(what)s") % {"what": number} if one.where else _("only here")
    if one.kind is Kind.MISSING:
        return _("not here: %(what)s") % {"what": number} if one.where else ""
    if one.amount is not None:
        return _measured(one)
    if one.alike is not None:
        share = quantity(round(Decimal(str(one.alike)) * 100))
        words = _("nearly the same, %(share)s %% alike") if one.severity is Severity.NOTE else _("%(share)s %% alike")
        return words % {"share": share}
    if one.field is Field.HS:
        words = _("another heading: %(what)s") if one.severity is Severity.MAJOR else _("another subheading: %(what)s")
        return words % {"what": number}
    return _("another: %(what)s") % {"what": number}


def _measured(one: Difference) -> str:
    """By how much: "1,620 less, −8.9 %"."""
    assert one.amount is not None
    size = quantity(abs(one.amount))
    told = (_("%(amount)s more") if one.amount > 0 else _("%(amount)s less")) % {"amount": size}
    if one.percent is None or not round(one.percent, 1):
        return told
    sign = "+" if one.amount > 0 else MINUS
    return f"{told}, {sign}{quantity(round(one.percent, 1))} %"


def _unsure(field: Field) -> str:
    match field:
        case Field.VALUE:
            return _("another currency: not compared")
        case Field.SHIPPER | Field.CONSIGNEE | Field.NOTIFY | Field.GOODS:
            return _("another script: not compared")
        case Field.WEIGHED_KG:
            return _("no declared weight of what was weighed")
        case _:
            return _("not compared")
