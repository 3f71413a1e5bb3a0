"""One consignment of CUSCAR: the segments from CNI (or from a further RFF of it) into a Consignment.

A state machine on tags, not a strict group validator: where a segment stands decides whom it belongs to
(an RFF after NAD to the party, after TDT to the onward leg, after GID to the goods), its order does not matter.
Groups 4 to 12 of D.95B, with the D.16A differences.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from profiling.formats import limits
from profiling.formats.bill_checks import settle
from profiling.formats.cuscar_documents import NAMED, Context, document, names_document
from profiling.formats.cuscar_equipment import number_of
from profiling.formats.cuscar_items import KEPT_QUALIFIER, ItemDraft, measure
from profiling.formats.cuscar_parties import ROLES, PartyReader
from profiling.formats.cuscar_places import country, place
from profiling.formats.edifact import Segment, one_line
from profiling.formats.findings import Findings
from profiling.formats.quantities import CUBIC_METRES, KILOGRAMS, count, edifact_time, in_unit, number
from profiling.formats.records import (
    Consignment,
    Direction,
    Loading,
    Place,
    Problem,
    Reference,
    Span,
)

DIRECTIONS: Final = {  # UN/EDIFACT 7365
    "22": Direction.EXPORT,
    "23": Direction.IMPORT,
    "24": Direction.TRANSIT,
    "28": Direction.TRANSHIPMENT,
}
REFERENCES: Final = {
    "BN": "booking",
    "ABT": "customs_declaration",
    "IV": "invoice",
    "PK": "packing_list",
    "EP": "export_permit",
    "EX": "export_licence",
    "IP": "import_licence",
    "CT": "contract",
}
_TOTALS: Final = {"7": "gross_kg", "15": "volume_m3", "8": "packages", "11": "packages"}  # UN/EDIFACT 6069
_UCR: Final = ("UCN", "UCR")
_LOADED_IN: Final = "AAQ"  # container number as a reference (Australian profile)
_VALUES: Final = ("40", "44", "141", "63")  # UN/EDIFACT 5025: customs, declared for carriage, CIF, FOB
_FREIGHT: Final = "64"
_PREPAID: Final = {"P": "prepaid", "PP": "prepaid", "C": "collect", "CC": "collect"}


class _Draft:
    __slots__ = (
        "countries", "currency", "direction", "documents", "freight_terms", "gross", "items", "loadings", "parties",
        "places", "references", "texts", "totals", "ucr", "values", "volume",
    )  # fmt: skip

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}
        self.references: list[Reference] = []
        self.ucr = ""
        self.places: dict[str, Place] = {}
        self.countries: dict[str, str] = {}
        self.totals: dict[str, Decimal] = {}
        self.gross: Decimal | None = None
        self.volume: Decimal | None = None
        self.direction: Direction | None = None
        self.values: dict[str, tuple[Decimal, str]] = {}
        self.currency = ""
        self.freight_terms = ""
        self.parties: list[list[Segment]] = []
        self.items: list[ItemDraft] = []
        self.texts: list[str] = []
        self.loadings: dict[str, Loading] = {}


class BillReader:
    """Reads one consignment. `read()` gives it, or None where a problem refuses it, and the problems."""

    __slots__ = ("cni", "context", "draft", "found", "own_reference", "parties", "segments", "span", "where")

    def __init__(
        self, segments: list[Segment], cni: Segment, span: Span, context: Context, parties: PartyReader
    ) -> None:
        self.segments = segments
        self.cni = cni
        self.span = span
        self.context = context
        self.parties = parties
        self.found = Findings()
        self.draft = _Draft()
        self.where = "bill"  # or "party", "leg", "goods"
        self.own_reference = False  # an RFF of the bill was seen

    def read(self) -> tuple[Consignment | None, list[Problem]]:
        handlers = _HANDLERS
        for segment in self.segments:
            tag = segment.tag
            if segment.fault:
                self.found.warn(segment.fault, segment, tag, segment.at(1))
            handler = handlers.get(tag)
            if handler is not None:
                handler(self, segment)
            elif tag not in _IGNORED:
                self.found.warn("segment_unknown", segment, "", tag, tag=tag[:20])
        return self._finish()

    # -- one method a tag

    def _rff(self, rff: Segment) -> None:
        if self.where == "party":
            self.draft.parties[-1].append(rff)
            return
        qualifier, reference = rff.at(1), one_line(rff.at(1, 2))
        if not reference or self.where == "leg":
            return
        if qualifier not in NAMED:
            qualifier = qualifier.upper()
        if self.where == "goods" and self.draft.items[-1].reference(qualifier, reference):
            return
        self.own_reference = True
        if qualifier in NAMED:
            self.draft.documents.setdefault(qualifier, reference)
        elif qualifier in _UCR:
            self.draft.ucr = self.draft.ucr or reference[: limits.REFERENCE_NO]
        elif qualifier == _LOADED_IN:
            self.load(number_of(reference), None, rff)
        else:
            kind = REFERENCES.get(qualifier, qualifier.lower())
            kept = self.found.text(reference, limits.REFERENCE_NO, rff, "references.number")
            self.draft.references.append(Reference(kind[: limits.CODE], kept))

    def _cnt(self, cnt: Segment) -> None:
        if not self.own_reference and any(map(names_document, self.segments)):
            return  # D.16A: between CNI and its first RFF it counts the house bills
        if cnt.made is not None:
            self.draft.totals.setdefault(*cnt.made)
            return
        kind, text = cnt.at(1), cnt.at(1, 2)
        name = _TOTALS.get(kind)
        if name is None:
            return
        if kind == "7":
            amount = in_unit(text, cnt.at(1, 3), KILOGRAMS)
        elif kind == "15":
            amount = in_unit(text, cnt.at(1, 3), CUBIC_METRES)
        else:
            amount = count(text)
        value = self.found.amount(amount, cnt, name, text) if amount.wrong else amount.value
        if value is not None:
            self.draft.totals.setdefault(kind, value)
            if not amount.wrong:
                cnt.made = (kind, value)

    def _mea(self, mea: Segment) -> None:
        draft = self.draft
        item = draft.items[-1] if self.where == "goods" else None
        if item is not None and item.after_split and mea.at(2).upper() in ("G", "AAB", ""):
            amount = in_unit(mea.at(3, 2), mea.at(3), KILOGRAMS)
            self.load_gross(item.loaded_in[-1], self.found.amount(amount, mea, "loadings.gross_kg", ""))
            return
        kind, value = measure(mea, self.found, "items." if item else "")
        if value is None:
            return
        if item is not None:
            item.measures.setdefault(kind, value)
        elif kind == "gross_kg":
            draft.gross = value if draft.gross is None else draft.gross
        elif kind == "volume_m3":
            draft.volume = value if draft.volume is None else draft.volume

    def _loc(self, loc: Segment) -> None:
        kind = loc.at(1)
        if self.where == "leg":
            return
        if self.where == "goods":
            if kind == "27":
                self.draft.items[-1].origin = country(loc)
        elif kind in ("27", "28", "36"):
            self.draft.countries.setdefault(kind, country(loc))
        else:
            self.draft.places.setdefault(kind, place(loc))

    def _dtm(self, dtm: Segment) -> None:
        text = dtm.at(1, 2)
        if text and edifact_time(text, dtm.at(1, 3)) is None:
            self.found.warn("date_impossible", dtm, f"DTM {dtm.at(1)}", text)

    def _gis(self, gis: Segment) -> None:
        direction = DIRECTIONS.get(gis.at(2) if gis.tag == "GEI" else gis.at(1))
        if direction is not None and self.where != "goods":
            self.draft.direction = direction

    def _moa(self, moa: Segment) -> None:
        text = moa.at(1, 2)
        amount = self.found.amount(number(text), moa, "value", text)
        if amount is None:
            return
        values = self.draft.items[-1].values if self.where == "goods" else self.draft.values
        values.setdefault(moa.at(1), (amount, moa.at(1, 3).upper()[:3]))

    def _cux(self, cux: Segment) -> None:
        self.draft.currency = self.draft.currency or cux.at(1, 2).upper()[:3]

    def _terms(self, terms: Segment) -> None:
        code = terms.at(3) if terms.tag == "CPI" else terms.at(2)
        self.draft.freight_terms = self.draft.freight_terms or _PREPAID.get(code.upper(), "")

    def _tdt(self, _tdt: Segment) -> None:
        self.where = "leg"

    def _nad(self, nad: Segment) -> None:
        self.where = "party"
        self.draft.parties.append([nad])
        qualifier = nad.at(1)
        if qualifier not in ROLES and (qualifier := qualifier.upper()) not in ROLES:
            self.found.warn("code_unknown", nad, "parties.role", qualifier, code=qualifier[:40])

    def _contact(self, segment: Segment) -> None:
        if self.where == "party":
            self.draft.parties[-1].append(segment)

    def _gid(self, gid: Segment) -> None:
        self.where = "goods"
        self.draft.items.append(ItemDraft.of(gid, self.found))

    def _pac(self, pac: Segment) -> None:
        if self.where == "goods":
            self.draft.items[-1].packed(pac.at(1), pac.at(3), pac.at(3, 4), pac, self.found)

    def _ftx(self, ftx: Segment) -> None:
        # A "+" that was not released cuts the text; the element after it would be a language code.
        if ftx.last == 4:
            text = one_line(" ".join(ftx.components(4)))
        else:
            parts = [" ".join(ftx.components(element)) for element in range(4, ftx.last + 1)]
            if len(parts) == 2 and len(parts[1].strip()) <= 3:
                parts.pop()
            text = one_line("+".join(parts))
        if text and self.where == "goods":
            self.draft.items[-1].text(ftx.at(1).upper(), text)
        elif text and ftx.at(1).upper() == KEPT_QUALIFIER:
            self.draft.texts.append(text)

    def _sgp(self, sgp: Segment) -> None:
        number_, text = number_of(sgp.at(1)), sgp.at(2)
        amount = count(text)
        packages = self.found.amount(amount, sgp, "loadings.packages", text) if amount.wrong else amount.value
        if self.where == "goods" and number_:
            self.draft.items[-1].split(number_, packages)
        self.load(number_, packages, sgp)

    def _goods(self, segment: Segment) -> None:
        if self.where == "goods":
            self.draft.items[-1].detail(segment)

    # -- what is in which equipment

    def load(self, equipment: str, packages: Decimal | None, at: Segment) -> None:
        if not equipment:
            return
        if len(equipment) > limits.EQUIPMENT_NO:
            field_, limit = "loadings.equipment", limits.EQUIPMENT_NO
            self.found.warn("equipment_number_too_long", at, field_, equipment, limit=limit)
            return
        loadings = self.draft.loadings
        total = None if packages is None else int(packages)
        gross = None
        if equipment in loadings:
            before = loadings[equipment]
            total = before.packages if total is None else total + (before.packages or 0)
            gross = before.gross_kg
        loadings[equipment] = Loading(equipment, total, gross)

    def load_gross(self, equipment: str, gross: Decimal | None) -> None:
        before = self.draft.loadings.get(equipment)
        if before is not None and gross is not None:
            total = gross + (before.gross_kg or 0)
            self.draft.loadings[equipment] = Loading(equipment, before.packages, total)

    # -- the whole

    def _finish(self) -> tuple[Consignment | None, list[Problem]]:
        draft, found, first = self.draft, self.found, self.segments[0]
        at = first.position
        kind, document_no, master_no = document(self.draft.documents, self.cni, self.context)
        if not document_no:
            found.refuse("document_no_missing", at, "document_no")
        if len(document_no) > limits.DOCUMENT_NO or len(master_no) > limits.DOCUMENT_NO:
            for name, text in (("document_no", document_no), ("master_no", master_no)):
                if len(text) > limits.DOCUMENT_NO:
                    found.refuse("document_no_too_long", at, name, text, limit=limits.DOCUMENT_NO)
        if not draft.items and draft.texts:
            draft.items.append(ItemDraft(first))
        if draft.items and draft.texts and not draft.items[0].texts:
            draft.items[0].texts.extend(draft.texts)
        if not draft.items and not self.context.function.withdraws:
            found.refuse("goods_missing", at, "items")
        items = [item.finish(line, draft.currency, found) for line, item in enumerate(draft.items, start=1)]
        totals = draft.totals
        pieces = totals["11"] if "11" in totals else totals.get("8")
        amounts = settle(
            totals.get("7", draft.gross),
            None if pieces is None else int(pieces),
            totals.get("15", draft.volume),
            items,
            at,
            found,
        )
        parties = self.parties.read(draft.parties, found)  # before the problems are told, for theirs are among them
        problems = found.named(document_no[: limits.DOCUMENT_NO])
        if found.refused:
            return None, problems
        value, currency, freight, freight_currency = None, "", None, ""
        if draft.values:
            value, currency = _value(draft)
            freight, freight_currency = draft.values.get(_FREIGHT) or (None, "")
        places, countries = draft.places, draft.countries
        line = self.cni.at(1)
        record = Consignment(
            position=at,
            span=self.span,
            document_type=kind,
            document_no=document_no,
            line=int(line) if line.isascii() and line.isdigit() and len(line) < 10 else None,
            issuer=self._issuer(),
            master_no=master_no,
            ucr=draft.ucr,
            direction=draft.direction,
            loading_place=places.get("9") or places.get("76"),
            discharge_place=places.get("11") or places.get("12"),
            receipt_place=places.get("88"),
            delivery_place=places.get("7") or places.get("8") or places.get("20") or places.get("83"),
            origin_country=countries.get("27", ""),
            destination_country=countries.get("28") or countries.get("36", ""),
            gross_kg=amounts.gross_kg,
            packages=amounts.packages,
            volume_m3=amounts.volume_m3,
            value=value,
            currency=currency,
            freight=freight,
            freight_currency=freight_currency or (draft.currency if freight is not None else ""),
            freight_terms=draft.freight_terms,
            parties=parties,
            items=amounts.items,
            loadings=tuple(draft.loadings.values()),
            references=tuple(dict.fromkeys(draft.references)) if draft.references else (),
        )
        return record, problems

    def _issuer(self) -> str:
        named = self.cni.at(2, 3) if self.context.late or self.cni.at(2, 2) else ""
        if not named:
            for group in self.draft.parties:
                nad = group[0]
                if nad.at(1).upper() == "CA" and (named := nad.at(2)):
                    break
        return named[: limits.CODE]


def _value(draft: _Draft) -> tuple[Decimal | None, str]:
    for kind in _VALUES:
        if kind in draft.values:
            amount, currency = draft.values[kind]
            return amount, currency or draft.currency
    return None, ""


_HANDLERS: Final[dict[str, Callable[[BillReader, Segment], None]]] = {
    "RFF": BillReader._rff,
    "CNT": BillReader._cnt,
    "MEA": BillReader._mea,
    "LOC": BillReader._loc,
    "DTM": BillReader._dtm,
    "GIS": BillReader._gis,
    "GEI": BillReader._gis,
    "MOA": BillReader._moa,
    "CUX": BillReader._cux,
    "CPI": BillReader._terms,
    "TOD": BillReader._terms,
    "TDT": BillReader._tdt,
    "NAD": BillReader._nad,
    "CTA": BillReader._contact,
    "COM": BillReader._contact,
    "GID": BillReader._gid,
    "PAC": BillReader._pac,
    "FTX": BillReader._ftx,
    "SGP": BillReader._sgp,
    "DGS": BillReader._goods,
    "PCI": BillReader._goods,
    "CST": BillReader._goods,
}
# Segments of the directories that hold nothing a profile uses.
_IGNORED: Final = frozenset(
    "CNI QTY HAN DOC TSR TPL TMD TMP RNG DIM GIN IMD PIA AUT ERP ERC STS GDS TCC TAX POC EQN PRC".split()  # noqa: SIM905  (one line reads better than twenty-three)
)
