"""Code lists: the Harmonized System, UN/ECE Recommendations 20 and 21, ISO 4217 and 3166-1, owner prefixes.

Forms, and how far they were checked: UN Comtrade's reference JSON (`results` of `id` and `text`, seen in public code);
the currency lists one and three of the ISO 4217 maintenance agency (XML, layout public); the UNECE spreadsheets of
Recommendations 20 and 21 and the tables of others by the headings of their columns, wherever these stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from profiling.formats.problems import storable
from profiling.reference.files.opening import Columns, Part, first_heading, tables, whole
from profiling.reference.files.rows import Entry, Fault, FileError, Said
from profiling.reference.files.xml import elements, root
from profiling.reference.hs import EDITIONS

LONGEST: Final = 2000  # characters of a text that are kept
Rows = Iterator[Said | Entry | Fault]

# --- the Harmonized System

_CLASSES: Final = {"H3": "2007", "H4": "2012", "H5": "2017", "H6": "2022", "H7": "2028"}
_HS_CODE: Final = re.compile(r"(\d{2}|\d{4}|\d{6})\Z")
_HS_LOOSE: Final = re.compile(r"[.\s]")
_HS: Final = {
    "code": ("hscode", "hs6", "productcode", "commoditycode", "goodscode", "code", "id", "hs", "код", "кодтнвэд"),
    "name": ("descriptionen", "texten", "description", "productdescription", "text", "name"),
    "name_ru": ("descriptionru", "textru", "nameru", "наименование", "описание"),
    "edition": ("edition", "classification", "version", "nomenclature"),
}
_EDITION: Final = re.compile(r"(?:HS|H\.S\.)?\s*(20\d\d)\Z|(H\d)\Z", re.IGNORECASE)
_FILE_EDITION: Final = re.compile(r"(?:^|[^A-Z0-9])H([3-7])(?:[^0-9]|$)", re.IGNORECASE)


def is_hs_json(part: Part) -> bool:
    return part.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"["))


def read_hs_json(part: Part) -> Rows:
    """UN Comtrade's reference list (H5 for 2017, H6 for 2022): chapters, headings and subheadings in English."""
    content = _json(part)
    found = content.get("results") if isinstance(content, dict) else content
    if not isinstance(found, list):
        raise FileError("json_broken")
    named = _FILE_EDITION.search(part.name)
    stated = str(content.get("classCode", "")) if isinstance(content, dict) else ""
    yield Said("UN Comtrade", _edition(stated) or (_edition(f"H{named[1]}") if named else ""))
    for number, record in enumerate(found, start=1):
        if not isinstance(record, dict):
            yield Fault(number, "code_malformed", str(record)[:200])
            continue
        code, text = str(record.get("id", "")).strip(), storable(str(record.get("text", "")).strip())
        if code in ("TOTAL", "ALL") or code.startswith("AG"):  # sums, not codes
            continue
        text = text.removeprefix(code).lstrip(" -")  # "010121 - Horses; live"
        yield _heading_of(number, code, text, "", part.name)


def is_hs_table(part: Part) -> bool:
    return first_heading(part, _HS, ("code", "name")) or first_heading(part, _HS, ("code", "name_ru"))


def read_hs_table(part: Part) -> Rows:
    """A table with a column of codes and one or two of texts (CSV or XLSX). All rows are of one edition."""
    needed = ("code", "name") if first_heading(part, _HS, ("code", "name")) else ("code", "name_ru")
    told = ""
    first = True
    for row in tables(part, _HS, needed):
        edition = _edition(row.get("edition"))
        if first:
            first, told = False, edition
            yield Said("table", told)
        if edition != told:
            yield Fault(row.line, "edition_unknown", row.received, row.part, {"edition": row.get("edition")})
            continue
        yield _heading_of(row.line, row.get("code"), row.get("name"), row.get("name_ru"), row.part)
    if first:
        yield Said("table")


def _edition(text: str) -> str:
    match = _EDITION.match(text.strip())
    return "" if match is None else match[1] or _CLASSES.get(match[2].upper(), "")


def _heading_of(line: int, code: str, name: str, name_ru: str, part: str) -> Entry | Fault:
    digits = _HS_LOOSE.sub("", code)
    if not (_HS_CODE.match(digits) and digits.isascii()):
        return Fault(line, "code_malformed", f"{code} {name}", part)
    if not name and not name_ru:
        return Fault(line, "name_missing", code, part)
    return Entry(line, digits, name[:LONGEST], name_ru[:LONGEST])


def check_edition(edition: str) -> str:
    """The edition if the Harmonized System has it. Raises FileError for others and where none is told."""
    if not edition:
        raise FileError("edition_missing", editions=", ".join(EDITIONS))
    if edition not in EDITIONS:
        raise FileError("edition_unknown", edition=edition)
    return edition


# --- UN/ECE Recommendations 20 and 21, ISO 3166-1, owner prefixes: tables told by their headings

_UNITS: Final = {
    "code": ("commoncode",),
    "name": ("name",),
    "name_ru": ("nameru", "наименование"),
    "description": ("description",),
    "symbol": ("symbol", "representationsymbol"),
    "factor": ("conversionfactor",),
    "quantity": ("quantity",),
    "status": ("status", "st"),
}
_PACKAGES: Final = {
    "code": ("code", "packagecode", "packagetypecode"),
    "name": ("name", "packagename", "packagetype"),
    "name_ru": ("nameru", "наименование"),
    "description": ("description", "codevaluedescription"),
    "numeric": ("numericcode", "numericalcode"),
    "status": ("status", "st"),
}
_COUNTRIES: Final = {
    "code": ("alpha2code", "alpha2", "iso31661alpha2", "code"),
    "name": ("englishshortname", "countryname", "name", "country"),
    "name_ru": ("nameru", "наименование"),
    "alpha_3": ("alpha3code", "alpha3", "iso31661alpha3"),
    "numeric": ("numericcode", "numeric", "iso31661numeric"),
}
_OWNERS: Final = {
    "code": ("biccode", "bic", "ownercode", "prefix", "code"),
    "name": ("company", "companyname", "owner", "operator", "name"),
    "name_ru": ("nameru", "наименование"),
    "city": ("city", "town"),
    "country": ("country", "countrycode"),
}
_WITHDRAWN: Final = frozenset({"X", "D"})  # marked for deletion, deprecated (both recommendations)


def _simple(
    form: str, columns: Columns, shape: str, accept: Callable[[str], str] = str.strip
) -> tuple[Callable[[Part], bool], Callable[[Part], Rows]]:
    pattern = re.compile(shape + r"\Z")
    needed = ("code", "name")

    def is_table(part: Part) -> bool:
        return first_heading(part, columns, needed)

    def read(part: Part) -> Rows:
        yield Said(form)
        for row in tables(part, columns, needed):
            code = accept(row.get("code"))
            if not pattern.match(code):
                yield Fault(row.line, "code_malformed", row.received, row.part)
            elif not row.get("name"):
                yield Fault(row.line, "name_missing", row.received, row.part)
            else:
                details = {
                    name: text[:LONGEST]
                    for name, text in row.cells.items()
                    if text and name not in ("code", "name", "name_ru", "status")
                }
                yield Entry(
                    row.line,
                    code,
                    row.get("name")[:LONGEST],
                    row.get("name_ru")[:LONGEST],
                    is_withdrawn=row.get("status").upper() in _WITHDRAWN,
                    details=details,
                )

    return is_table, read


def _prefix(text: str) -> str:
    """The three letters of the owner; lists write them with the category ("MSCU") or without."""
    code = text.strip().upper()
    return code[:3] if len(code) == 4 and code[3] in "UJZ" else code


is_units, read_units = _simple("UN/ECE Recommendation 20", _UNITS, r"[A-Z0-9]{2,3}")
is_packages, read_packages = _simple("UN/ECE Recommendation 21", _PACKAGES, r"[A-Z0-9]{2}")
is_countries, read_countries = _simple("ISO 3166-1", _COUNTRIES, r"[A-Z]{2}")
is_owners, read_owners = _simple("BIC", _OWNERS, r"[A-Z]{3}", _prefix)


# --- ISO 4217


def is_currencies_xml(part: Part) -> bool:
    return root(part) == "ISO_4217"


def read_currencies_xml(part: Part) -> Rows:
    """List one (in use) and list three (withdrawn) of the maintenance agency: a currency stands once per country."""
    said: dict[str, str] = {}
    entries: dict[str, Entry] = {}
    for element in elements(part, ("CcyNtry", "HstrcCcyNtry", "ISO_4217")):
        if element.name == "ISO_4217":
            said = dict(element.attributes)
            continue
        code, name = element.get("Ccy"), element.get("CcyNm")
        if not code:
            continue  # a territory without a currency of its own
        if not re.fullmatch(r"[A-Z]{3}", code):
            yield Fault(element.line, "currency_malformed", f"{code} {name}", part.name)
            continue
        if not name:
            yield Fault(element.line, "name_missing", code, part.name)
            continue
        details = {"numeric": element.get("CcyNbr"), "minor_units": element.get("CcyMnrUnts")}
        if element.get("WthdrwlDt"):
            details["withdrawn"] = element.get("WthdrwlDt")
        entry = Entry(
            element.line,
            code,
            name[:LONGEST],
            is_withdrawn=element.name == "HstrcCcyNtry",
            details={key: value for key, value in details.items() if value},
        )
        entries.setdefault(code, entry)
    yield Said("ISO 4217", said.get("Pblshd", ""))
    yield from entries.values()


def _json(part: Part) -> Any:
    try:
        return json.loads(whole(part).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError("json_broken") from error
