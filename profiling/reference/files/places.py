"""Places: UN/LOCODE as UNECE publishes it (CSV, in parts, zipped), and tables of stations and posts of our own form.

UN/LOCODE (UN/ECE Recommendation 16) has no heading and twelve columns: change, country, location, name, name without
diacritics, subdivision, function, status, date, IATA, coordinates, remarks. Editions known here are in Windows-1252
or UTF-8; re-published copies carry a heading and have status before function, so these two are told by what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from profiling.reference import countries
from profiling.reference.files.opening import Part, csv_rows, decoded, first_heading, tables
from profiling.reference.files.rows import Fault, Place, Said

LOCODE: Final = "UN/LOCODE"  # how the form is named where it is kept that one was loaded
SCHEMES: Final = ("unlocode", "station", "customs_office", "border_post")
LONGEST_CODE: Final = 25
LONGEST_NAME: Final = 256
_CODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}\Z")
_FUNCTIONS: Final = re.compile(r"[0-9B-]{8}\Z", re.IGNORECASE)
_STATUS: Final = re.compile(r"[A-Z]{2}\Z")
_COORDINATES: Final = re.compile(r"(\d{2})(\d{2})([NS])\s+(\d{3})(\d{2})([EW])\Z")
_YEAR_MONTH: Final = re.compile(r"(\d{2})(0[1-9]|1[0-2])\Z")
_LOCODE_COLUMNS: Final = 11  # the remarks may be left out
_HEAD_LINE: Final = re.compile(r'"?[+X|#=¦!]?"?,"?[A-Z]{2}"?,"?([A-Z2-9]{3})?"?,')
_EDITION: Final = re.compile(r"(20\d\d-[12])")
_YEAR_TURN: Final = 70  # two digits of a year from here on are of the last century


def is_locode(part: Part) -> bool:
    """Whether a text is a part of UN/LOCODE, with or without a heading."""
    head = [decoded(raw, "cp1252") for raw in part.head.splitlines()[:3]]
    return any(_HEAD_LINE.match(line) and line.count(",") >= _LOCODE_COLUMNS - 1 for line in head)


def read_locode(part: Part) -> Iterator[Said | Place | Fault]:
    """Places of UN/LOCODE. Lines of a country's own name and of references to other names hold no place."""
    edition = _EDITION.search(part.name)
    yield Said(LOCODE, edition.group(1) if edition else "")
    for line, cells in csv_rows(part, "cp1252"):
        if len(cells) >= 3 and (cells[1].lower() == "country" or not cells[2]):
            continue
        yield from _locode(line, cells, part.name)


def _locode(line: int, cells: list[str], part: str) -> Iterator[Place | Fault]:
    if len(cells) < _LOCODE_COLUMNS:
        yield Fault(line, "columns_short", ",".join(cells), part, {"found": len(cells), "needed": _LOCODE_COLUMNS})
        return
    change, country, location, name, plain, subdivision, one, other, told, iata, where = cells[:11]
    code = country + location
    if not _CODE.match(code):
        yield Fault(line, "code_malformed", code, part)
        return
    if not name and not plain:
        yield Fault(line, "name_missing", code, part)
        return
    if not countries.is_known(country):
        yield Fault(line, "country_unknown", code, part)
        return
    functions, status = (one, other) if _FUNCTIONS.match(one) else (other, one)
    point = coordinates(where)
    if where and point is None:
        yield Fault(line, "coordinates_malformed", where, part)
    yield Place(
        line,
        scheme="unlocode",
        code=code,
        name=(plain or name)[:LONGEST_NAME],
        country=country,
        subdivision=subdivision[:3],
        functions=functions if _FUNCTIONS.match(functions) else "",
        status=status if _STATUS.match(status) else "",
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        valid_from=_month(told),
        is_withdrawn=change == "X" or status == "XX",
        names=(name[:LONGEST_NAME],) if name and plain and name != plain else (),
        remark=(cells[11] if len(cells) > _LOCODE_COLUMNS else "")[:LONGEST_NAME] or (f"IATA {iata}" if iata else ""),
    )


def coordinates(text: str) -> tuple[Decimal, Decimal] | None:
    """ "4230N 00131E" in degrees: latitude, longitude. None for anything else and for places off the globe."""
    match = _COORDINATES.match(text.strip())
    if match is None:
        return None
    north, south = Decimal(match[1]) + Decimal(match[2]) / 60, match[3] == "S"
    east, west = Decimal(match[4]) + Decimal(match[5]) / 60, match[6] == "W"
    if int(match[2]) > 59 or int(match[5]) > 59 or north > 90 or east > 180:
        return None
    return round(-north if south else north, 4), round(-east if west else east, 4)


def _month(text: str) -> date | None:
    """ "0601" is January 2006."""
    match = _YEAR_MONTH.match(text)
    if match is None:
        return None
    year = int(match[1])
    return date(year + (1900 if year >= _YEAR_TURN else 2000), int(match[2]), 1)


# Our own form: one row a place, columns by these headings.
_OWN: Final = {
    "scheme": ("scheme",),
    "code": ("code",),
    "name": ("name", "nameen"),
    "name_ru": ("nameru", "наименование"),
    "country": ("country",),
    "kind": ("kind",),
    "latitude": ("latitude",),
    "longitude": ("longitude",),
    "valid_from": ("validfrom",),
    "valid_to": ("validto",),
    "names": ("names", "othernames"),
    "remark": ("remark", "source"),
    "confidence": ("confidence",),
}
_OWN_NEEDED: Final = ("scheme", "code", "name", "country")


def is_own(part: Part) -> bool:
    return first_heading(part, _OWN, _OWN_NEEDED)


def read_own(part: Part) -> Iterator[Said | Place | Fault]:
    """Stations, customs offices and border posts, as CSV or XLSX with a heading. Other names are parted by "/"."""
    yield Said("places")
    for row in tables(part, _OWN, _OWN_NEEDED):
        scheme, code, country = row.get("scheme"), row.get("code"), row.get("country").upper()
        fault = ""
        if scheme not in SCHEMES:
            fault = "scheme_unknown"
        elif not code or len(code) > LONGEST_CODE or (scheme == "unlocode" and not _CODE.match(code)):
            fault = "code_malformed"
        elif not row.get("name"):
            fault = "name_missing"
        elif not countries.is_known(country):
            fault = "country_unknown"
        if fault:
            yield Fault(row.line, fault, row.received, row.part, {"allowed": ", ".join(SCHEMES)})
            continue
        dates: dict[str, date | None] = {}
        for column in ("valid_from", "valid_to"):
            try:
                dates[column] = date.fromisoformat(row.get(column)) if row.get(column) else None
            except ValueError:
                fault = "date_malformed"
        if fault:
            yield Fault(row.line, fault, row.received, row.part)
            continue
        latitude, longitude = _degrees(row.get("latitude"), 90), _degrees(row.get("longitude"), 180)
        if (row.get("latitude") or row.get("longitude")) and (latitude is None or longitude is None):
            latitude = longitude = None
            yield Fault(row.line, "coordinates_malformed", row.received, row.part)
        yield Place(
            row.line,
            scheme=scheme,
            code=code,
            name=row.get("name")[:LONGEST_NAME],
            country=country,
            name_ru=row.get("name_ru")[:LONGEST_NAME],
            kind=row.get("kind")[:20],
            latitude=latitude,
            longitude=longitude,
            valid_from=dates["valid_from"],
            valid_to=dates["valid_to"],
            names=tuple(filter(None, (one.strip() for one in row.get("names").split("/")))),
            remark="; ".join(filter(None, (row.get("remark"), row.get("confidence"))))[:LONGEST_NAME],
        )


def _degrees(text: str, most: int) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return round(number, 4) if number.is_finite() and abs(number) <= most else None
