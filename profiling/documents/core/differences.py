"""The words of a comparison of papers: fields, verdicts, tolerances, and what is found. Pure.

`reconcile` fills them. Money and weights are Decimals, weights in kilograms, per cents of the base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from profiling.formats.records import Document, DocumentKind

HUNDRED: Final = Decimal(100)


class Field(StrEnum):
    """What is compared, in the order a page shows it."""

    SHIPPER = "shipper"
    CONSIGNEE = "consignee"
    NOTIFY = "notify"
    GOODS = "goods"
    HS = "hs"
    PACKAGES = "packages"
    GROSS_KG = "gross_kg"
    NET_KG = "net_kg"
    WEIGHED_KG = "weighed_kg"
    VOLUME_M3 = "volume_m3"
    VALUE = "value"
    CONTAINERS = "containers"
    SEALS = "seals"
    ORIGIN = "origin_country"
    DESTINATION = "destination_country"
    LOADING = "loading_place"
    DISCHARGE = "discharge_place"
    RECEIPT = "receipt_place"
    DELIVERY = "delivery_place"


class Kind(StrEnum):
    """missing: it ought to say it and does not. extra: only it says so."""

    MISSING = "missing"
    DIFFERS = "differs"
    EXTRA = "extra"


class Severity(StrEnum):
    """note: told, counted nowhere. minor and major are differences."""

    NOTE = "note"
    MINOR = "minor"
    MAJOR = "major"


class Verdict(StrEnum):
    """How one cell stands to the base of its row. unsure: it cannot be compared (currency, script, kind of place)."""

    BASE = "base"
    SAME = "same"
    DIFFERS = "differs"
    EXTRA = "extra"
    MISSING = "missing"
    UNSURE = "unsure"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """rounding: per cent up to which two figures are the same. major: per cent, or amount, from which it is major."""

    rounding: Decimal
    major_percent: Decimal
    major_amount: Decimal | None = None


TOLERANCES: Final[Mapping[Field, Tolerance]] = MappingProxyType(
    {
        # Indicators, Weight and value: documents disagree (> 5 %), a weighbridge differs (> 5 % or 500 kg)
        Field.GROSS_KG: Tolerance(Decimal(1), Decimal(5), Decimal(500)),
        Field.NET_KG: Tolerance(Decimal(1), Decimal(5), Decimal(500)),
        Field.WEIGHED_KG: Tolerance(Decimal(1), Decimal(5), Decimal(500)),
        Field.VOLUME_M3: Tolerance(Decimal(5), Decimal(10)),
        Field.VALUE: Tolerance(Decimal(1), Decimal(5)),
        Field.PACKAGES: Tolerance(Decimal(0), Decimal(5)),
    }
)
SAME_NAME: Final = 0.9
"""Names and texts alike to this share are a slip of the pen: told as a note."""
LIKE_NAME: Final = 0.6
"""Below this share it is another firm, or other goods."""

# What a document of a kind ought to say; silence on anything else means nothing.
EXPECTED: Final[Mapping[DocumentKind, frozenset[Field]]] = MappingProxyType(
    {
        DocumentKind.BILL: frozenset({Field.SHIPPER, Field.CONSIGNEE, Field.PACKAGES, Field.GROSS_KG}),
        DocumentKind.WAYBILL: frozenset({Field.SHIPPER, Field.CONSIGNEE, Field.PACKAGES, Field.GROSS_KG}),
        DocumentKind.INVOICE: frozenset({Field.SHIPPER, Field.CONSIGNEE, Field.VALUE}),
        DocumentKind.PACKING_LIST: frozenset({Field.PACKAGES, Field.GROSS_KG}),
        DocumentKind.DECLARATION: frozenset({Field.CONSIGNEE, Field.HS, Field.GROSS_KG, Field.VALUE, Field.ORIGIN}),
        DocumentKind.WEIGHBRIDGE: frozenset({Field.WEIGHED_KG}),
    }
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One side. source: its name among the statements, "manifest" or the ref of a document."""

    source: str
    said: Document
    is_manifest: bool = False


Value = str | Decimal | int
Atoms = tuple[Value, ...]
"""What a cell holds: one text or number, an amount with its currency, or several numbers and codes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. where: the container, seal or code it is about, "" else.

    amount: what `source` says less what `base` says. percent: of the base, never negative. alike: 0 to 1, of texts.
    """

    field: Field
    kind: Kind
    severity: Severity
    base: str
    source: str
    where: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    alike: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    source: str
    atoms: Atoms
    verdict: Verdict
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One field through all statements, in their order."""

    field: Field
    cells: tuple[Cell, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(one for cell in self.cells for one in cell.differences)

    @property
    def differs(self) -> bool:
        return any(one.severity is not Severity.NOTE for one in self.differences)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """rows: of the fields that anybody says, those that differ first."""

    statements: tuple[Statement, ...]
    rows: tuple[Row, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(one for row in self.rows for one in row.differences)

    @property
    def differing(self) -> int:
        """How many fields differ."""
        return sum(row.differs for row in self.rows)


@dataclass(frozen=True, slots=True)
class Summary:
    """The disagreement of one consignment's papers as facts; None where nothing could be compared.

    weighbridge_kg: signed, what was weighed less what was declared, of the reading that is furthest off.
    """

    documents: int
    kinds: frozenset[DocumentKind]
    disagree: int | None
    weight_percent: Decimal | None = None
    value_percent: Decimal | None = None
    packages_differ: bool | None = None
    party_differs: bool | None = None
    container_differs: bool | None = None
    seal_differs: bool | None = None
    hs_differs: bool | None = None
    origin_differs: bool | None = None
    weighbridge_kg: Decimal | None = None
