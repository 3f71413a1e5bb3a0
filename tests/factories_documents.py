"""Documents beside consignments, and small PDFs of papers as a sender would make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import factory
import fontpkg
from factory.django import DjangoModelFactory
from fpdf import FPDF

from profiling.documents.core.plain import stated, to_plain
from profiling.documents.models import Document, DocumentFile
from profiling.formats import records as r
from tests.factories import NOON, ConsignmentFactory, UserFactory


class FileFactory(DjangoModelFactory[DocumentFile]):
    class Meta:
        model = DocumentFile

    sha256 = "0" * 64
    size = 1
    media_type = "application/pdf"
    name = "invoice.pdf"
    uploaded_by = factory.SubFactory(UserFactory)


class PaperFactory(DjangoModelFactory[Document]):
    """A document as a message brought it: `PaperFactory(consignment=…, said=invoice(gross_kg=…))`."""

    class Meta:
        model = Document
        exclude = ("said",)

    said = factory.LazyFunction(lambda: paper())
    consignment = factory.SubFactory(ConsignmentFactory)
    unit = factory.SelfAttribute("consignment.unit")
    kind = factory.LazyAttribute(lambda made: made.said.kind.value)
    number = factory.LazyAttribute(lambda made: made.said.number)
    fields = factory.LazyAttribute(lambda made: to_plain(made.said))
    source = "message"
    matched_by = "manual"
    matched_at = NOON
    created_at = NOON
    updated_at = NOON


def paper(kind: r.DocumentKind = r.DocumentKind.INVOICE, number: str = "INV-7", **said: Any) -> r.Document:
    return stated(kind, number, **said)


def invoice(**said: Any) -> r.Document:
    """An invoice that agrees with `VersionFactory` but for what is said otherwise."""
    return paper(**{"gross_kg": Decimal(1000), **said})


def pdf(lines: Sequence[str]) -> bytes:
    """A page of text, in letters of all languages of the region."""
    made = FPDF()
    made.set_creation_date(datetime(2026, 10, 21, tzinfo=UTC))  # the same lines are the same bytes, in any second
    made.add_page()
    made.add_font("Fira Sans", "", fontpkg.path("Fira Sans"))
    made.set_font("Fira Sans", size=11)
    for line in lines:
        made.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    target = BytesIO()
    made.output(target)
    return target.getvalue()


INVOICE_LINES = (
    "COMMERCIAL INVOICE No: QH-2026/118",
    "Date: 05.05.2026",
    "Seller: Yiwu Qianhe Import & Export Co., Ltd.",
    "Buyer: Steppe Trade LLP",
    "Container CSQU3054383",
    "HS code 6302 32",
    "Total packages: 388 ctns",
    "Gross weight: 18,240.00 kg",
    "Net weight: 17,100.00 kg",
    "Country of origin: China",
    "Total amount: USD 38,130.50",
)
