"""The papers of the jackets: an invoice, a copy of the note and a weighbridge ticket that disagree with the manifest.

Small PDFs drawn here, kept and stated as an officer would. One packing list belongs to a note that never came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import fontpkg
from fpdf import FPDF

from demo import today
from pcu.accounts.models import Unit, User
from profiling.cargo.models import Consignment
from profiling.documents import services
from profiling.documents.choices import Kind
from profiling.documents.core.plain import stated
from profiling.formats import records as r

_FONT = "Fira Sans"


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF, and what an officer has confirmed of it; None: nobody has looked at it yet."""

    name: str
    title: str
    lines: Sequence[str]
    said: r.Document | None = None
    kind: Kind = Kind.INVOICE


def add(officer: User) -> int:
    """Set the papers beside the jackets, once. Returns how many were added."""
    unit = Unit.objects.get(code="ALT")
    found: Consignment | None = (
        Consignment.objects.of_unit(unit)
        .filter(current__mentions__name=today.PO_BOX.name, current__mentions__role=r.PartyRole.CONSIGNEE.value)
        .order_by("-pk")
        .first()
    )
    if found is None or found.papers.exists():
        return 0
    papers = _of_jackets(found)
    for paper in papers:
        made = services.upload(
            unit=unit, user=officer, pieces=[draw(paper)], name=paper.name, kind=paper.kind, consignment=found
        )
        if paper.said is not None:
            services.state(document=made, user=officer, said=paper.said)
    loose = _loose()
    services.upload(unit=unit, user=officer, pieces=[draw(loose)], name=loose.name, kind=loose.kind)
    return len(papers) + 1


def _of_jackets(consignment: Consignment) -> list[Paper]:
    boxes = list(consignment.current.loadings.values_list("visit__number", flat=True)) if consignment.current else []
    seller = r.Party(r.PartyRole.SHIPPER, "HANOI THANH PHAT GARMENT JSC")
    buyer = r.Party(r.PartyRole.CONSIGNEE, today.PO_BOX.name, tax_id=today.PO_BOX.tax_id)
    goods = (r.Item(1, "КУРТКИ ЖЕНСКИЕ СИНТЕТИЧЕСКИЕ", commodity=r.Commodity("620193"), origin="VN"),)
    loadings = tuple(map(r.Loading, boxes))
    invoice = stated(
        r.DocumentKind.INVOICE, "TP-2026-0451", parties=(seller, buyer), items=goods, loadings=loadings,
        packages=352, gross_kg=Decimal(21_180), value=Decimal(41_900), currency="USD", origin_country="VN",
    )  # fmt: skip
    note = stated(
        r.DocumentKind.WAYBILL, consignment.document_no, consignments=(consignment.document_no,),
        parties=(r.Party(r.PartyRole.SHIPPER, today.BORDER_SHED.name), buyer), items=goods, loadings=loadings,
        seals=(r.Seal("CN 7731190"),), packages=380, gross_kg=Decimal(23_560),
    )  # fmt: skip
    ticket = stated(
        r.DocumentKind.WEIGHBRIDGE, "W-20418", loadings=loadings, gross_kg=Decimal(49_740), tare_kg=Decimal(24_920)
    )
    box = boxes[0] if boxes else ""
    return [
        Paper(
            "invoice.pdf",
            "COMMERCIAL INVOICE",
            (
                "Invoice No: TP-2026-0451", f"Seller: {seller.name}", f"Buyer: {buyer.name}", f"Container {box}",
                "HS code 6201 93", "Total packages: 352 ctns", "Gross weight: 21,180.00 kg",
                "Country of origin: Viet Nam", "Total amount: USD 41,900.00",
            ),
            invoice,
        ),
        Paper(
            "smgs-copy.pdf",
            "НАКЛАДНАЯ СМГС, КОПИЯ",
            (
                f"Накладная № {consignment.document_no}", f"Отправитель: {today.BORDER_SHED.name}",
                f"Получатель: {buyer.name}", "Количество мест: 380", "Вес брутто, кг: 23 560", "Пломба № CN7731190",
            ),
            note,
            Kind.WAYBILL,
        ),
        Paper(
            "weighbridge.pdf",
            "ВЕСОВОЙ ТАЛОН",
            ("Талон № W-20418", f"Контейнер {box}", "Брутто, кг: 49 740", "Тара, кг: 24 920"),
            ticket,
            Kind.WEIGHBRIDGE,
        ),
    ]  # fmt: skip


def _loose() -> Paper:
    lines = (
        "Packing list No: PL-0099",
        "Seller: YIWU SAMPLE TRADING",
        "Total packages: 96 ctns",
        "Gross weight: 2,304 kg",
    )
    return Paper("packing-list.pdf", "PACKING LIST", lines, kind=Kind.PACKING_LIST)


def draw(paper: Paper) -> bytes:
    """One page that says that it is invented."""
    made = FPDF()
    made.add_page()
    for style, weight in (("", 400), ("B", 600)):
        made.add_font(_FONT, style, fontpkg.path(_FONT, weight=weight))
    made.set_font(_FONT, "B", 16)
    made.cell(0, 12, paper.title, new_x="LMARGIN", new_y="NEXT")
    made.set_font(_FONT, "", 11)
    for line in (*paper.lines, "", "Synthetic data. Вымышленные данные."):
        made.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())
