"""Which forms each table is read from, and how one is chosen: by what the file holds, names and extensions lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from profiling.reference.files import lists, places, rates
from profiling.reference.files.opening import Part, parts
from profiling.reference.files.rows import Fault, FileError, Kind, Row, Said


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    fits: Callable[[Part], bool]
    read: Callable[[Part], Iterator[Said | Row | Fault]]


FORMS: Final[dict[Kind, tuple[Form, ...]]] = {
    Kind.PLACES: (
        Form("UN/LOCODE CSV", places.is_locode, places.read_locode),
        Form("CSV/XLSX (scheme, code, name, country)", places.is_own, places.read_own),
    ),
    Kind.HS: (
        Form("UN Comtrade JSON", lists.is_hs_json, lists.read_hs_json),
        Form("CSV/XLSX (code, description)", lists.is_hs_table, lists.read_hs_table),
    ),
    Kind.PACKAGES: (Form("UNECE Rec 21 XLSX/CSV", lists.is_packages, lists.read_packages),),
    Kind.UNITS: (Form("UNECE Rec 20 XLSX/CSV", lists.is_units, lists.read_units),),
    Kind.CURRENCIES: (Form("ISO 4217 XML", lists.is_currencies_xml, lists.read_currencies_xml),),
    Kind.COUNTRIES: (Form("ISO 3166-1 CSV/XLSX", lists.is_countries, lists.read_countries),),
    Kind.OWNERS: (Form("BIC CSV/XLSX", lists.is_owners, lists.read_owners),),
    Kind.RATES: (
        Form("XML (ECB, NBK, ValCurs, CBU)", rates.is_xml, rates.read_xml),
        Form("CBU JSON", rates.is_json, rates.read_json),
        Form("ECB CSV", rates.is_ecb_csv, rates.read_ecb_csv),
        Form("CSV/XLSX (day, currency, value, base)", rates.is_own, rates.read_own),
    ),
}


def read(kind: Kind, stream: BinaryIO, name: str = "") -> Iterator[Said | Row | Fault]:
    """Per part of the file what it says of itself, then its rows and faults in their order.

    name: of the file, for forms that tell their edition nowhere else. Parts of an archive that are of another form
    (notes, a table of subdivisions) are passed over. Raises FileError where no part can be read.
    """
    read_one = False
    for part in parts(stream):
        form = next((form for form in FORMS[kind] if form.fits(part)), None)
        if form is None:
            continue
        read_one = True
        yield from form.read(part if part.name else replace(part, name=name))
    if not read_one:
        raise FileError("file_unreadable", kind=str(kind), forms=", ".join(form.name for form in FORMS[kind]))
