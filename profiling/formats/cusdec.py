"""Reader of CUSDEC, the customs declaration (D.95B to D.16A): one message is one declaration.

Three sections part by UNS: the declaration as a whole, its lines of goods (a CST each), its totals. Commodity and
procedure codes share CST, told apart by their code list (UN/EDIFACT 1131: 117 procedures) or by their length.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from profiling.formats import commodities, limits
from profiling.formats.bill_checks import settle
from profiling.formats.cuscar_bill import REFERENCES
from profiling.formats.cuscar_documents import NAMED
from profiling.formats.cuscar_equipment import number_of
from profiling.formats.cuscar_items import ItemDraft, measure
from profiling.formats.cuscar_parties import ROLES, PartyReader
from profiling.formats.cuscar_places import country, place
from profiling.formats.edifact import Segment, Tokenizer, one_line
from profiling.formats.edifact_body import tags
from profiling.formats.edifact_document import (
    DocumentBody,
    document_header,
    joined,
    named_conveyance,
    seal,
    units,
)
from profiling.formats.edifact_equipment import tell_unknown, time_of
from profiling.formats.edifact_interchange import EdifactReader, Envelope, MessageType, register
from profiling.formats.findings import Findings
from profiling.formats.quantities import KILOGRAMS, Amount, count, in_unit, number
from profiling.formats.records import Document, DocumentKind, Header, Loading, Place, Problem, Reference, Seal, Span

_PROCEDURES: Final = frozenset({"117"})  # UN/EDIFACT 1131
_COMMODITY_DIGITS: Final = 6  # a heading of four digits cannot be told from a procedure
_UCR: Final = ("UCN", "UCR")
_DECLARATION: Final = ("ABT", "ABE", "AAE")  # UN/EDIFACT 1153: numbers of the declaration itself
_TRANSPORT_DOCUMENTS: Final = frozenset({"703", "704", "705", "706", "710", "714", "720", "730", "740", "741"})
_ITEM_VALUES: Final = {"38": "40", "39": "40"}  # UN/EDIFACT 5025: the invoiced amount stands for the customs value
_WEIGHTS: Final = {"AAA": "N", "AAB": "G"}  # UN/EDIFACT 6313: how declarations write net and gross
_OF_UNIT: Final = tags("EQN TMD DIM TPL TMP RNG HAN")  # MEA after EQD is of the whole declaration
_VALUES: Final = ("40", "39", "44", "141", "63")
_LOADED_IN: Final = "AAQ"
_QUIET: Final = tags("BGM GIS GEI TSR QTY ERP ERC AUT AUA TMD DMS BII CPI TPL HYN PAT PIA STS COD EQN CTA COM")


class _Declaration:
    """Reads the segments in order; `where` says whom a segment belongs to."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.section = ""  # "D" among the goods, "S" among the totals
        self.where = ""  # or "party", "unit", "tax", "leg"
        self.references: list[Reference] = []
        self.consignments: list[str] = []
        self.own: dict[str, str] = {}
        self.ucr = ""
        self.procedures: list[str] = []
        self.parties: list[list[Segment]] = []
        self.items: list[ItemDraft] = []
        self.units: list[list[Segment]] = []
        self.seals: list[Seal] = []
        self.loadings: dict[str, Loading] = {}
        self.places: dict[str, Place] = {}
        self.countries: dict[str, str] = {}
        self.totals: dict[str, Decimal] = {}
        self.values: dict[str, tuple[Decimal, str]] = {}
        self.currency = ""
        self.terms = ""

    @property
    def item(self) -> ItemDraft | None:
        return self.items[-1] if self.items and self.section == "D" else None

    def feed(self, segment: Segment) -> None:
        tag = segment.tag
        if segment.fault:
            self.found.warn(segment.fault, segment, tag, segment.at(1))
        if self.where == "unit" and tag in _OF_UNIT:
            self.units[-1].append(segment)
            return
        if self.where == "party" and tag in ("RFF", "CTA", "COM"):
            self.parties[-1].append(segment)
            return
        # Among the goods a leg is onward carriage; before them its places and references are of the declaration.
        if self.where == "leg" and tag in ("RFF", "LOC") and self.section != "":
            return
        if not (self.where == "tax" and tag == "MOA"):
            self.where = ""
        read = _HANDLERS.get(tag)
        if read is not None:
            read(self, segment)
        elif tag not in _QUIET:
            tell_unknown(segment, self.found)

    def _uns(self, uns: Segment) -> None:
        self.section = uns.at(1).upper()

    def _cst(self, cst: Segment) -> None:
        if self.section == "D":
            self.items.append(ItemDraft(cst))
        for element in range(2, 7):
            code, listed = cst.at(element), cst.at(element, 2)
            commodity = commodities.declared(code)
            if commodity is None or listed in _PROCEDURES or len(code) < _COMMODITY_DIGITS:
                if code and (listed in _PROCEDURES or code.isdecimal()):
                    self.procedures.append(code)
            elif self.item is not None:
                self.item.commodity = self.item.commodity or commodity

    def _ftx(self, ftx: Segment) -> None:
        text = one_line(" ".join(ftx.lines(4)))
        if text and self.item is not None:
            self.item.text(ftx.at(1).upper(), text)

    def _loc(self, loc: Segment) -> None:
        kind = loc.at(1)
        if self.item is not None:
            if kind == "27":
                self.item.origin = self.item.origin or country(loc)
        elif kind in ("27", "28", "36"):
            self.countries.setdefault(kind, country(loc))
        else:
            self.places.setdefault(kind, place(loc))

    def _dtm(self, dtm: Segment) -> None:
        time_of([dtm], (), self.found)

    def _mea(self, mea: Segment) -> None:
        item = self.item
        plain = _WEIGHTS.get(mea.at(2).upper())
        if plain is not None:
            elements = [*mea.elements[:2], [plain], *mea.elements[3:]]
            mea = Segment(mea.raw, mea.tag, elements, mea.offset, mea.number, mea.fault)
        kind, value = measure(mea, self.found, "" if item is None else "items.")
        if value is not None:
            (self.totals if item is None else item.measures).setdefault(kind, value)

    def _pac(self, pac: Segment) -> None:
        if self.item is not None:
            self.item.packed(pac.at(1), pac.at(3), pac.at(3, 4), pac, self.found)
        else:
            self._total("packages", count(pac.at(1)), pac)

    def _cnt(self, cnt: Segment) -> None:
        if cnt.at(1) == "7":
            self._total("gross_kg", in_unit(cnt.at(1, 2), cnt.at(1, 3), KILOGRAMS), cnt)
        elif cnt.at(1) in ("11", "8"):
            self._total("packages", count(cnt.at(1, 2)), cnt)

    def _total(self, name: str, amount: Amount, at: Segment) -> None:
        value = self.found.amount(amount, at, name, at.at(1, 2) or at.at(1))
        if value is not None:
            self.totals.setdefault(name, value)

    def _detail(self, segment: Segment) -> None:
        if self.item is not None:
            self.item.detail(segment)

    def _moa(self, moa: Segment) -> None:
        if self.where == "tax":
            return  # a duty
        kind, text = moa.at(1), moa.at(1, 2)
        amount = self.found.amount(number(text), moa, "value", text)
        if amount is None:
            return
        item = self.item
        if item is None:
            self.values.setdefault(kind, (amount, moa.at(1, 3).upper()[:3]))
        else:
            item.values.setdefault(_ITEM_VALUES.get(kind, kind), (amount, moa.at(1, 3).upper()[:3]))

    def _cux(self, cux: Segment) -> None:
        self.currency = self.currency or cux.at(1, 2).upper()[:3]

    def _tod(self, tod: Segment) -> None:
        self.terms = self.terms or tod.at(3).upper()[: limits.CODE]

    def _tax(self, _tax: Segment) -> None:
        self.where = "tax"

    def _tdt(self, _tdt: Segment) -> None:
        self.where = "leg"

    def _nad(self, nad: Segment) -> None:
        self.where = "party"
        self.parties.append([nad])
        qualifier = nad.at(1).upper()
        if qualifier not in ROLES:
            self.found.warn("code_unknown", nad, "parties.role", qualifier, code=qualifier[:40])

    def _eqd(self, eqd: Segment) -> None:
        self.where = "unit"
        self.units.append([eqd])

    def _sel(self, sel: Segment) -> None:
        """A seal outside any equipment belongs to the declaration."""
        if sel.at(1):
            self.seals.append(seal(sel, self.found))

    def _sgp(self, sgp: Segment) -> None:
        self._load(sgp.at(1), sgp.at(2), sgp)

    def _load(self, equipment: str, packages: str, at: Segment) -> None:
        name = number_of(equipment)
        if len(name) > limits.EQUIPMENT_NO:
            limit = limits.EQUIPMENT_NO
            self.found.warn("equipment_number_too_long", at, "loadings.equipment", name, limit=limit)
            return
        amount = self.found.amount(count(packages), at, "loadings.packages", packages)
        if name:
            before = self.loadings.get(name, Loading(name)).packages
            total = before if amount is None else int(amount) + (before or 0)
            self.loadings[name] = Loading(name, total)

    def _rff(self, rff: Segment) -> None:
        qualifier, text = rff.at(1).upper(), one_line(rff.at(1, 2))
        if not text or (self.item is not None and self.item.reference(qualifier, text)):
            return
        if qualifier in NAMED:
            self._about(text, rff)
        elif qualifier in _UCR:
            self.ucr = self.ucr or text[: limits.REFERENCE_NO]
        elif qualifier == _LOADED_IN:
            self._load(text, "", rff)
        else:
            if qualifier in _DECLARATION:
                self.own.setdefault(qualifier, text)
            self._refer(REFERENCES.get(qualifier, qualifier.lower()), text, rff)

    def _doc(self, doc: Segment) -> None:
        kind, text = doc.at(1), one_line(doc.at(2))
        if text and kind in _TRANSPORT_DOCUMENTS:
            self._about(text, doc)
        elif text:
            self._refer({"380": "invoice", "271": "packing_list"}.get(kind, kind.lower()), text, doc)

    def _about(self, text: str, at: Segment) -> None:
        if len(text) > limits.DOCUMENT_NO:
            limit = limits.DOCUMENT_NO
            self.found.warn("document_no_too_long", at, "consignments", text, limit=limit)
        else:
            self.consignments.append(text)

    def _refer(self, kind: str, text: str, at: Segment) -> None:
        kept = self.found.text(text, limits.REFERENCE_NO, at, "references.number")
        self.references.append(Reference(kind[: limits.CODE], kept))


_HANDLERS: Final[dict[str, Callable[[_Declaration, Segment], None]]] = {
    "UNS": _Declaration._uns,
    "CST": _Declaration._cst,
    "FTX": _Declaration._ftx,
    "LOC": _Declaration._loc,
    "DTM": _Declaration._dtm,
    "MEA": _Declaration._mea,
    "PAC": _Declaration._pac,
    "CNT": _Declaration._cnt,
    "PCI": _Declaration._detail,
    "DGS": _Declaration._detail,
    "MOA": _Declaration._moa,
    "CUX": _Declaration._cux,
    "TOD": _Declaration._tod,
    "TAX": _Declaration._tax,
    "TDT": _Declaration._tdt,
    "NAD": _Declaration._nad,
    "EQD": _Declaration._eqd,
    "SEL": _Declaration._sel,
    "SGP": _Declaration._sgp,
    "RFF": _Declaration._rff,
    "DOC": _Declaration._doc,
}


def _document(segments: list[Segment], span: Span, header: Header, found: Findings) -> Document | None:
    begin = segments[0]
    said = _Declaration(found)
    own = ""
    for segment in segments:
        if segment.tag == "BGM":
            own = own or one_line(segment.at(2))
        said.feed(segment)
    own = own or next((said.own[kind] for kind in _DECLARATION if kind in said.own), "")
    if not own:
        found.refuse("document_no_missing", begin, "document_no")
    elif len(own) > limits.DOCUMENT_NO:
        found.refuse("document_no_too_long", begin, "document_no", own, limit=limits.DOCUMENT_NO)
    if not said.items:
        found.warn("goods_missing", begin, "items")
    lines = [draft.finish(line, said.currency, found) for line, draft in enumerate(said.items, start=1)]
    packages = said.totals.get("packages")
    pieces = None if packages is None else int(packages)
    amounts = settle(said.totals.get("gross_kg"), pieces, said.totals.get("volume_m3"), lines, begin.position, found)
    loadings, seals = units(said.units, span, found)
    parties = PartyReader().read(said.parties, found)
    if found.refused:
        return None
    value, currency = next((said.values[kind] for kind in _VALUES if kind in said.values), (None, ""))
    return Document(
        position=begin.position,
        span=span,
        kind=DocumentKind.DECLARATION,
        number=own,
        issued=header.issued_at,
        issuer=header.issuer,
        consignments=tuple(dict.fromkeys(said.consignments)),
        ucr=said.ucr,
        references=tuple(dict.fromkeys(said.references)),
        parties=parties,
        items=amounts.items,
        loadings=joined(said.loadings.values(), loadings),
        seals=tuple(dict.fromkeys([*said.seals, *seals])),
        gross_kg=amounts.gross_kg,
        net_kg=said.totals.get("net_kg"),
        packages=amounts.packages,
        volume_m3=amounts.volume_m3,
        value=value,
        currency=(currency or said.currency) if value is not None else "",
        delivery_terms=said.terms,
        loading_place=said.places.get("9"),
        discharge_place=said.places.get("11") or said.places.get("12"),
        origin_country=said.countries.get("27", ""),
        destination_country=said.countries.get("28") or said.countries.get("36", ""),
        conveyance=named_conveyance(header),
        procedure=(said.procedures[0] if said.procedures else "")[: limits.CODE],
        receipt_place=said.places.get("88"),
        delivery_place=said.places.get("7"),
    )


def _starts(segment: Segment) -> bool:
    return segment.tag == "UNS"


def _header(segments: list[Segment], envelope: Envelope) -> tuple[Header | None, list[Problem]]:
    return document_header(segments, envelope, "cusdec")


def _body(header: Header, _tokenizer: Tokenizer, _whole: bool) -> DocumentBody:
    return DocumentBody(header, _document)


CUSDEC: Final = register(
    MessageType("CUSDEC", "cusdec", _starts, _header, _body, head_in_body=True, losing=frozenset({"CST"}))
)
READER: Final = EdifactReader(CUSDEC)
